"""Who is to be told of an alert; knows neither messages nor channels' inner workings."""

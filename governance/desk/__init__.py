"""The pages where people work: home, the list of alerts, one alert."""

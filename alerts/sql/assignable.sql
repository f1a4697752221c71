-- Who may take care of an alert is asked as the owner: the acting person sees no account but the own.
ALTER FUNCTION alert_assignable(text, text) SECURITY DEFINER;

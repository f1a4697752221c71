"""Django's PostgreSQL backend with deadlines, and how SQL files are run; knows no table."""

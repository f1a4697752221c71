"""What every page needs: access, navigation, errors, language, caches, charts; knows no room."""

"""What an adopter brings and sees of it: packs that are checked and watched; knows no page of a rule."""

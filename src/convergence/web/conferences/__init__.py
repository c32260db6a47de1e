"""Case conferences on screen: the list, the agenda, what is decided, and the sheet that is printed."""

"""The network on screen: partners, agreements, offers, places, exchanges, and the map."""

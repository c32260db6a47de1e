"""Who helps the people whom the scheme supports: partners, agreements, offers, places, and the public directory."""

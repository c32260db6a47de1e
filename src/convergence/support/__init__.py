"""What is done with and for the person: contacts, notes, needs, and the alerts that call somebody."""

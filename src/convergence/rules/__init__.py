"""Law and programme rules over dated parameters: pure functions of facts and a date, without Django."""

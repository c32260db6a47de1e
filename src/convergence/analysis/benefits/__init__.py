"""What a person receives and pays by the law of each month: the only room that asks OpenFisca."""

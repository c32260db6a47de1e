"""The facts of people as the rules read them, gathered in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import DateField, Max
from django.db.models.functions import Lower

from convergence.pathways.models import Contract, Pathway
from convergence.people.models import Support
from convergence.rules.facts import ContactFact, ContractFact, Facts, SituationFact, Spell
from convergence.situations.models import Situation
from convergence.support.models import Contact
from convergence.vocabulary.contacts import ContactKind


def facts_of(person_ids: Collection[int]) -> dict[int, Facts]:
    """Current facts of each person, as far as the one who asks reads them; five queries."""
    supports = defaultdict(list)
    for row in Support.objects.current().filter(person_id__in=person_ids).only("person_id", "valid"):
        supports[row.person_id].append(Spell(row.starts, row.ends))
    pathways = defaultdict(list)
    for path in Pathway.objects.current().filter(person_id__in=person_ids).only("person_id", "valid"):
        pathways[path.person_id].append(Spell(path.starts, path.ends))
    contracts = defaultdict(list)
    for contract in Contract.objects.current().filter(person_id__in=person_ids).only("person_id", "kind", "valid"):
        contracts[contract.person_id].append(ContractFact(contract.kind, Spell(contract.starts, contract.ends)))
    situations = defaultdict(list)
    for fact in Situation.objects.current().filter(person_id__in=person_ids).defer("detail"):
        situations[fact.person_id].append(
            SituationFact(fact.aspect, fact.value, fact.missing, Spell(fact.starts, fact.ends), fact.expires_on)
        )
    contacts = defaultdict(list)
    latest = (
        Contact.objects.current()
        .filter(person_id__in=person_ids)
        .values("person_id", "kind")
        .annotate(on=Max(Lower("valid"), output_field=DateField()))
    )
    for met in latest:
        contacts[met["person_id"]].append(ContactFact(ContactKind(met["kind"]), met["on"]))
    return {
        person_id: Facts(
            supports=tuple(supports[person_id]),
            pathways=tuple(pathways[person_id]),
            contracts=tuple(contracts[person_id]),
            situations=tuple(situations[person_id]),
            contacts=tuple(contacts[person_id]),
        )
        for person_id in person_ids
    }

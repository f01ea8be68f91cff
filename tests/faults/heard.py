"""The bugs of what people say that must be noticed, and of what heads do about it.

As in the table beside it: a guard that no other entry stands for, and the one test of it.
"""

from typing import Final

from tests.faults.fault import Fault

ABOUT: Final = "tests/feedback/test_about.py"
ANONYMITY: Final = "tests/feedback/test_anonymity.py"
LADDER: Final = "tests/feedback/test_ladder.py"
FIGURES: Final = "tests/feedback/test_figures.py"
INTERESTS: Final = "tests/mediations/test_interests.py"
AGREEMENTS: Final = "tests/mediations/test_agreements.py"
CARDS: Final = "tests/visits/test_cards.py"
PROMISES: Final = "tests/visits/test_promises.py"
VISITS: Final = "tests/visits/test_visits.py"
PAPERS: Final = "tests/surveys/test_papers.py"
TODAY: Final = "tests/today/test_list.py"
CALLS: Final = "tests/calls/test_calls.py"
ROUNDS: Final = "tests/tasks/test_rounds.py"

SAID: Final = (
    Fault(
        "a complaint comes to whom it is about",
        "services.feedback.rungs",
        "        return {*case.about_people}",
        "        return set()",
        f"{ABOUT}::test_it_is_stepped_over_for_whom_it_is_about",
    ),
    Fault(
        "a complaint is read by whom it is about",
        "services.feedback.rungs",
        "    if person_id in case.about_people:\n        return True\n",
        "",
        f"{ABOUT}::test_neither_the_community_nor_the_firm_sees_what_is_about_them",
    ),
    Fault(
        "a complaint is on the board of whom it is about",
        "services.feedback.store",
        '    return [{"about_people": seen.person}, by_office]',
        "    return [by_office]",
        f"{ABOUT}::test_another_of_the_same_office_has_it",
    ),
    Fault(
        "who signs in later finds the complaint about their office",
        "services.feedback.rungs",
        "not {*held}.isdisjoint(case.about_desks)",
        "{*held}.isdisjoint(case.about_desks)",
        f"{ABOUT}::test_of_an_office_in_which_somebody_has_not_signed_in_nobody_finds_it",
    ),
    Fault(
        "the audit says which of what has no name somebody filed",
        "services.feedback.actions",
        "    if FEEDBACK.veiled(actor, case):\n        await audit",
        "    if not case.id:\n        await audit",
        f"{ANONYMITY}::test_nothing_that_is_kept_says_it_but_whose_it_is",
    ),
    Fault(
        "what has no name is kept of a staircase that few share",
        "services.feedback.filings.whereabouts",
        "if counted[levels[UNIT - 1]] >= FEWEST_HOMES:",
        "if counted[levels[UNIT - 1]]:",
        f"{ANONYMITY}::test_a_place_that_few_share_is_not_kept",
    ),
    Fault(
        "the name of what has none is shown masked",
        "services.feedback.views",
        "    if case.anonymous and not is_mine:\n        return None\n",
        "",
        f"{ANONYMITY}::test_nobody_near_learns_who_said_it",
    ),
    Fault(
        "a look at the author leaves no trace",
        "services.feedback.filings.authors",
        "    await reveals.note(deps, actor, found.place, found.id, asked)\n",
        "",
        f"{ANONYMITY}::test_who_said_it_sees_it_and_the_community_by_an_audited_look",
    ),
    Fault(
        "the deadline of a rung runs through the night",
        "services.feedback.terms.actions",
        "Pace.WORKING",
        "Pace.CONTINUOUS",
        f"{LADDER}::test_silence_climbs_the_whole_ladder_and_tells_each_once",
    ),
    Fault(
        "figures tell of few homes",
        "services.feedback.figures.actions",
        "hidden=tuple(sorted(around)))",
        "hidden=())",
        f"{FIGURES}::test_of_few_homes_nothing_is_told_but_to_who_oversees",
    ),
    Fault(
        "a word of few people is written as itself",
        "services.feedback.rising.jobs",
        "if there.used(mark) >= rises.FEWEST_PEOPLE and mark not in there.names",
        "if mark not in there.names",
        "tests/feedback/test_rising.py::test_a_word_of_fewer_than_five_is_nowhere",
    ),
)
BETWEEN: Final = (
    Fault(
        "a mediator is asked who is close to a party",
        "services.mediations.mediators.actions",
        "        if not await _impartial(deps, found, [chosen], tx=tx):\n",
        "        if not chosen.person:\n",
        f"{INTERESTS}::test_a_party_and_who_lives_with_one_are_never_asked",
    ),
    Fault(
        "a member reads the mediation of whom they live with",
        "services.mediations.interests",
        "return not {*mediation.homes, *more}.isdisjoint(own)",
        "return not {*more}.isdisjoint(own)",
        f"{INTERESTS}::test_a_member_close_to_a_party_knows_of_nothing",
    ),
    Fault(
        "an agreement is in force by words that somebody confirmed of a version before",
        "services.mediations.agreements.actions",
        "is_last = all(row.confirmed == found.version for row in others)",
        "is_last = all(row.confirmed for row in others)",
        f"{AGREEMENTS}::test_another_version_is_to_be_confirmed_anew",
    ),
    Fault(
        "figures of mediations tell of one to four",
        "services.mediations.figures.actions",
        "return None if 0 < count < SMALLEST_GROUP else count",
        "return count",
        "tests/mediations/test_figures.py::test_one_to_four_are_withheld",
    ),
)
DOORS: Final = (
    Fault(
        "what is sensitive is noted on a word at the door",
        "services.visits.cards.drafts",
        "    if entry.sensitive and not on_paper:\n",
        "    if entry.sensitive and not wish.consent:\n",
        f"{CARDS}::test_the_consent_that_each_class_needs",
    ),
    Fault(
        "what is sensitive is shown once the consent was withdrawn",
        "services.visits.cards.own",
        "    for entry in await store.agreed_in_app(deps.db, tx, person_id):\n"
        "        await actions.end(deps, tx, entry, CardAction.WITHDRAW)\n",
        "    await store.agreed_in_app(deps.db, tx, person_id)\n",
        f"{CARDS}::test_what_was_filled_in_ends_with_the_consent_for_good",
    ),
    Fault(
        "a look at what is sensitive leaves no trace",
        "services.visits.cards.actions",
        "    await reveals.write_down(\n"
        "        deps, actor, entry.home, entry.id, fields=fields, reason=wish.reason\n    )\n",
        "",
        f"{CARDS}::test_what_is_sensitive_is_shown_for_a_reason_that_is_kept",
    ),
    Fault(
        "the next household inherits the card",
        "services.visits.offices.households",
        "return now is not None and not frozenset(before).isdisjoint(now.ids)",
        "return bool(before)",
        f"{CARDS}::test_entries_go_with_the_people",
    ),
    Fault(
        "staff work with the visits of their colleagues",
        "services.visits.offices.keepers",
        "holder = grant.role if grant.role in HEADS else actor.person_id",
        "holder = grant.role",
        f"{VISITS}::test_what_staff_keep_is_not_their_colleagues",
    ),
    Fault(
        "a head sees promises where debts are hidden",
        "services.visits.promises.actions",
        "return keepers.tokens(actor, Permission.VIEW_UNPAID)",
        "return keepers.tokens(actor)",
        f"{PROMISES}::test_a_community_may_hide_from_its_heads_which_homes_owe",
    ),
)
ASKED: Final = (
    Fault(
        "a home has two answers",
        "services.surveys.answers.seats",
        "own if survey.per is Per.PERSON else _keys(deps, survey, [home]),",
        "own,",
        "tests/surveys/test_life.py::test_a_home_answers_and_whoever_is_last_changes_it",
    ),
    Fault(
        "a paper takes the place of what the home answered",
        "services.surveys.answers.actions",
        "        if before is not None and not before.paper:\n",
        "        if before is not None and not before.id:\n",
        f"{PAPERS}::test_a_paper_never_takes_the_place_of_what_the_home_answered",
    ),
    Fault(
        "who entered a paper enters it the second time",
        "services.surveys.second_entries.actions",
        "    if found.first_by == actor.person_id:\n"
        '        raise EnteredByYou("这份是您录入的,请由别人再录一次")\n',
        "",
        f"{PAPERS}::test_a_tenth_of_the_papers_is_entered_again_by_somebody_else",
    ),
    Fault(
        "small groups are told by subtraction",
        "services.surveys.results.groups",
        "hidden = small_groups.withheld(root, groups, _is_small)",
        'hidden = {each.rpartition(".")[0] for each, g in groups.items() if _is_small(g)}',
        "tests/surveys/test_groups.py"
        "::test_the_search_finds_what_the_first_withholding_alone_gives_away",
    ),
    Fault(
        "the turnout of few homes is told by subtraction",
        "services.surveys.turnout.actions",
        "return small_groups.withheld(survey.place, groups)",
        'return frozenset(each for each, homes in strange.items() if homes["homes"] < 5)',
        "tests/surveys/test_turnout.py::test_few_homes_are_not_told_by_subtraction",
    ),
    Fault(
        "of two who open a survey at once both do",
        "services.surveys.actions",
        "    if not await store.move(deps.db, tx, found, action, kept):\n",
        "    if not await store.move(deps.db, tx, found, action, kept) and not kept:\n",
        "tests/surveys/test_life.py::test_of_two_who_open_it_at_once_the_second_is_told",
    ),
)
DUTIES: Final = (
    Fault(
        "staff get the contents of all heads' lists",
        "services.today.actions",
        "kept = tuple(g for g in actor.grants if g.role in HEADS or g.role.by_living)",
        "kept = tuple(actor.grants)",
        f"{TODAY}::test_the_list_is_of_the_places_that_one_is_head_of",
    ),
    Fault(
        "an entry of somebody else's list is put off",
        "services.today.entry_ids",
        r'blind(f"{actor.person_id}\n{said.hex()}"',
        'blind(f"{said.hex()}"',
        f"{TODAY}::test_an_entry_is_nobody_elses_and_cannot_be_made_up",
    ),
    Fault(
        "counts of heads' lists tell of few homes",
        "services.today.place_counts",
        "is_hidden = small_groups.is_withheld(part.id, hidden)",
        "is_hidden = not part.id",
        "tests/today/test_counts.py"
        "::test_who_may_not_see_the_residents_has_no_count_about_a_few_homes",
    ),
    Fault(
        "the part of a higher office is there for a lower one",
        "services.tasks.parts.views",
        "    if refused is not None:\n        raise refused\n",
        "",
        "tests/tasks/test_hands.py::test_the_part_of_a_higher_office_is_not_there_for_a_lower",
    ),
    Fault(
        "a finding becomes two repairs",
        "services.tasks.rounds.actions",
        "    if check.filed:  #",
        "    if not check.label:  #",
        f"{ROUNDS}::test_a_finding_becomes_a_repair_with_one_tap",
    ),
    Fault(
        "a number is shown on after its owner hid it",
        "services.calls.actions",
        "    if call.by_settings:\n",
        "    if not call.id:\n",
        f"{CALLS}::test_settings_say_who_is_shown_it_at_once",
    ),
    Fault(
        "the audit says that somebody was called about a mediation",
        "services.calls.actions",
        "    if kind is not None and kind.veiled:\n",
        "    if kind is None:\n",
        "tests/mediations/test_calls.py"
        "::test_the_audit_does_not_tell_who_was_called_about_a_mediation",
    ),
    Fault(
        "somebody else asks for the number that was allowed",
        "services.calls.actions",
        "people=lambda one: [one.asker], missing=MISSING",
        "people=lambda _: [actor.person_id], missing=MISSING",
        f"{CALLS}::test_only_whom_it_is_about_answers_and_once",
    ),
    Fault(
        "others see a head's month before the head",
        "services.work_records.store",
        'where = {"under": place, "month": month, "open_at": {"$lte": now}}',
        'where = {"under": place, "month": month}',
        "tests/work_records/test_records.py::test_the_head_sees_it_first_and_remarks",
    ),
    Fault(
        "of two who change a draft the second undoes the first",
        "services.handbook.drafts",
        "        if draft.edits != wish.edits:\n",
        "        if not draft.id:\n",
        "tests/handbook/test_life.py::test_only_a_draft_is_changed_and_of_two_the_first_counts",
    ),
)
HEARD: Final = (*SAID, *BETWEEN, *DOORS, *ASKED, *DUTIES)

"""Check the chains of a bundle: that none of their entries was left out.

Source: spec 4 and 7 (tails).
"""

from crypto.chain import chain_id
from crypto.errors import CryptoError
from crypto.header import ZERO, Header, Link, parse_header
from crypto.merkle import leaf_hash
from ledger.evidence.bundle import ChainShown
from ledger.verification.bundle_checks import Known, Work
from ledger.verification.continuity import Place, continuity_problems
from ledger.verification.report import FAILED, INCOMPLETE, VERIFIED, Verdict, Words

Places = dict[int, Link]  # how each entry that is shown continues one chain


def check_chains(work: Work) -> None:
    """Check every chain that the bundle shows, and then whose entries they are."""
    tally = work.tallies["chains"]
    tally.of = len(work.contents.chains)
    places = _places(work)
    for chain in work.contents.chains:
        if _check_chain(work, chain, places.get(chain.id, {})) == VERIFIED:
            tally.done += 1
    for known in work.known.values():
        if known.names is not None:
            _check_names(work, known, known.names)


def _places(work: Work) -> dict[bytes, Places]:
    """Where each chain is continued, by its id: read once, however many chains are claimed."""
    found: dict[bytes, Places] = {}
    for index, known in work.known.items():
        for link in known.header.chains if known.header is not None else ():
            found.setdefault(link.id, {})[index] = link
    return found


def _check_chain(work: Work, chain: ChainShown, places: Places) -> Verdict:
    """Check one chain; note below which index none of its entries is missing."""
    tally = work.tallies["chains"]
    if chain_id(chain.salt, chain.name) != chain.id:
        tally.find(
            -1,
            f"{chain.name}: its id does not follow from its name and salt",
            f"{chain.name}：其编号与名称、盐值不符",
        )
        return FAILED
    before = ZERO
    for seq, index in enumerate(chain.entries):
        link = places.get(index)
        if link is None or link.seq < seq:
            _broken(work, index, chain, FAILED, "is not on the chain there", "不在该链的此处")
            return FAILED
        if link.seq > seq:
            _broken(
                work, index, chain, INCOMPLETE,
                f"is number {link.seq} of the chain: {link.seq - seq} before it are missing",
                f"是该链第 {link.seq} 个：之前缺少 {link.seq - seq} 个",
            )  # fmt: skip
            return INCOMPLETE
        if link.prev != before:
            _broken(
                work, index, chain, FAILED, "does not continue the one before it", "未接续前一条"
            )
            return FAILED
        work.whole[chain.name] = index + 1
        before = work.known[index].leaf
    return VERIFIED if _lists_all(work, chain, places) else FAILED


def _lists_all(work: Work, chain: ChainShown, places: Places) -> bool:
    """Whether each entry that lies among those of the chain is listed; of the asked one, all."""
    asked = chain.name == work.contents.question.chain
    listed, sound = set(chain.entries), True
    for index, link in places.items():
        if index in listed or (link.seq >= len(listed) and not asked):
            continue
        _broken(work, index, chain, FAILED, "is on the chain and not listed", "在该链上而未列出")
        sound = False
    return sound


def _broken(work: Work, index: int, chain: ChainShown, how: Verdict, en: str, zh: str) -> None:
    work.tallies["chains"].find(
        index, f"{chain.name}: entry {index} {en}", f"{chain.name}：第 {index} 条{zh}", how
    )


def _check_names(work: Work, known: Known, names: tuple[str, ...]) -> None:
    """SPEC: spec 4, the chains are those that the event names; ids are known of those shown."""
    work.tallies["chain_names"].done += 1
    index, ids = known.shown.index, known.chains
    shown = {chain.name: chain.id for chain in work.contents.chains}
    named = {shown[name] for name in names if name in shown}
    if len(names) != len(ids) or ids & set(shown.values()) != named:
        work.find(
            "chain_names", index, "its header's chains are not those that its event names",
            "其记录头的链与事件所指不符",
        )  # fmt: skip


def check_tail(work: Work) -> None:
    """Check that no entry after the last one shown is of the asked chain."""
    tally, contents = work.tallies["tail"], work.contents
    name = contents.question.chain
    chain = None if name is None else work.chain(name)
    if chain is None or not chain.entries:
        return
    last = chain.entries[-1]
    tally.of = contents.size - last
    if contents.tail is None:
        seq = len(chain.entries) - 1
        tally.limit(
            INCOMPLETE,
            Words(
                f"complete to seq {seq}, later entries not checked",
                f"至序号 {seq} 完整，其后条目未检查",
            ),
        )
        return
    if len(contents.tail) != tally.of:
        tally.find(
            last,
            f"entry {last}: the tail has {len(contents.tail)} headers and must have {tally.of}",
            f"第 {last} 条：尾部有 {len(contents.tail)} 个记录头，应为 {tally.of} 个",
        )
        return
    _check_run(work, chain, contents.tail, last)


def _check_run(work: Work, chain: ChainShown, tail: tuple[bytes, ...], first: int) -> None:
    """SPEC: spec 7, links and one inclusion proof of the last authenticate the run."""
    place: Place | None = None
    for index, raw in enumerate(tail, first):
        try:
            header = parse_header(raw)
        except CryptoError as error:
            work.find("tail", index, error.en, error.zh)
            return
        _check_step(work, chain, header, index, place)
        place = Place(header.index, leaf_hash(raw), header.recorded_at)
        work.tallies["tail"].done += 1
    for index, raw in ((first, tail[0]), (first + len(tail) - 1, tail[-1])):
        known = work.known.get(index)
        if known is None:
            work.lack("tail", index, "no proof of it ends the run", "缺少结束该段的证明")
        elif known.shown.header != raw:
            work.find("tail", index, "the tail has another header", "尾部的记录头与之不同")


def _check_step(
    work: Work, chain: ChainShown, header: Header, index: int, place: Place | None
) -> None:
    if place is None:
        return
    for _, at, en, zh in continuity_problems(place, index, header):
        work.tallies["tail"].find(at, en, zh)
    if any(link.id == chain.id for link in header.chains):
        work.find(
            "tail", index, f"it is of {chain.name} and left out", f"属于 {chain.name}，被遗漏"
        )

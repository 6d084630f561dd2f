"""``zelian department`` and ``zelian official``: who there is, and who holds which post.

What changes the registry is said as the registrar; what reads it goes through the
registrar's own statements, folded anew.

Source: spec 8, spec 9.1.
"""

from pathlib import Path
from typing import Any

import click

from cli.command import command, group, option
from cli.door import open_door
from cli.drafting import new_id, now
from cli.failures import NOT_FOUND, Failure
from cli.invocation import ANYWHERE, SENDING, here
from cli.output import data, data_json, local_time, table
from cli.registering import REGISTRAR_KEY, SIGNER, say_as_registrar, view_as_registrar
from cli.registry_view import RegistryView, read_registry
from cli.speech import pick
from ledger.events.registration import DEPARTMENT_KINDS, TIERS
from ledger.registrations import appointed, registered, released
from ledger.registry.records import APPOINTED, REGISTERED, Appointment, Department

LEVELS = ("national", "province", "city", "county", "township")

department = group(
    "Register, list and show departments.",
    "部门的登记与查看。",
    name="department",
    options=SENDING,
)
official = group(
    "Appoint, release and show officials.",
    "公务人员的任职、离任与查看。",
    name="official",
    options=SENDING,
)


def _view() -> RegistryView:
    with open_door(writes=False) as door:
        return read_registry(door)


# Departments


@command("Register a department.", "登记部门。", name="register", options=SENDING)
@click.argument("id_", metavar="ID")
@option("--name", "name_zh", metavar="ZH", required=True, en="Its Chinese name.", zh="中文名称。")
@option("--name-en", metavar="EN", en="Its English name.", zh="英文名称。")
@option(
    "--kind",
    type=click.Choice(DEPARTMENT_KINDS),
    default="gov",
    show_default=True,
    metavar="KIND",
    en="What it is: " + ", ".join(DEPARTMENT_KINDS) + ".",
    zh="部门类别：" + "、".join(DEPARTMENT_KINDS) + "。",
)
@option("--region", metavar="CODE", en="Division code, 6 digits.", zh="行政区划代码，6 位。")
@option("--level", type=click.Choice(LEVELS), en="Its level.", zh="层级。")
@REGISTRAR_KEY
@SIGNER
def register(
    id_: str,
    name_zh: str,
    name_en: str | None,
    kind: str,
    region: str | None,
    level: str | None,
    registrar_files: tuple[Path, ...],
    signer_ids: tuple[str, ...],
) -> None:
    """Register a department."""
    say_as_registrar(
        registered(id_, kind, name_zh, name_en or None, region, level),
        registrar_files,
        signer_ids,
    )


@command("List the departments.", "列出部门。", name="list", options=ANYWHERE)
def list_departments() -> None:
    """List the departments."""
    view = _view()
    found = [
        record
        for _, event in view.events
        if event["type"] == REGISTERED
        and (record := view.registry.department(event["data"]["department"])) is not None
    ]
    if here().as_json:
        data_json([_department_json(record) for record in found])
        return
    heading = (
        pick("DEPARTMENT", "部门"),
        pick("KIND", "类别"),
        pick("ENTRY", "登记条目"),
        pick("NAME", "名称"),
    )
    rows = [(r.department, r.kind or "-", str(r.registered_at), _name(r)) for r in found]
    for line in table([heading, *rows]):
        data(line)


def _name(record: Department) -> str:
    return pick(record.name_en or record.name_zh, record.name_zh)


def _department_json(record: Department) -> dict[str, Any]:
    return {
        "department": record.department,
        "kind": record.kind,
        "level": record.level,
        "name": {"en": record.name_en, "zh": record.name_zh},
        "region": record.region,
        "registered_at": record.registered_at,
    }


@command(
    "Show a department: its officials and keys.",
    "查看部门：人员与密钥。",
    name="show",
    options=ANYWHERE,
)
@click.argument("id_", metavar="ID")
def show_department(id_: str) -> None:
    """Show a department."""
    view = _view()
    record = view.registry.department(id_)
    if record is None:
        raise _no_such(id_)
    posts = [post for post in _posts(view) if post.department == id_]
    keys = [
        found
        for found in map(view.registry.key, view.registry.public_keys)
        if found is not None and found.department == id_
    ]
    if here().as_json:
        listed = [found.key_id for found in keys]
        officials = [_post_json(post) for post in posts]
        data_json({**_department_json(record), "keys": listed, "posts": officials})
        return
    rows = [
        (pick("department", "部门"), record.department),
        (pick("name", "名称"), _name(record)),
        (pick("kind", "类别"), record.kind or pick("known from the start", "自始存在")),
        (pick("region", "行政区划"), record.region or "-"),
        (pick("level", "层级"), record.level or "-"),
    ]
    rows += [(pick("post", "任职"), _post_line(post)) for post in posts]
    rows += [
        (pick("key", "密钥"), f"{found.key_id}  {found.holder or pick('system', '系统')}")
        for found in keys
    ]
    for line in table(rows):
        data(line)


def _no_such(name: str) -> Failure:
    return Failure(
        NOT_FOUND,
        f"{name} is not in the registry: `zelian department list` shows the departments",
        f"登记信息中没有 {name}：可用 `zelian department list` 查看部门",
    )


for _command in (register, list_departments, show_department):
    department.add_command(_command)


# Officials


@command(
    "Appoint an official to a post.\n\nOFFICIAL is a pseudonym, never a personal number.",
    "记入公务人员任职。\n\n人员为化名标识，不得使用身份号码。",
    name="appoint",
    options=SENDING,
)
@click.argument("who", metavar="OFFICIAL")
@option(
    "--department", "in_", metavar="D", required=True, en="In which department.", zh="任职部门。"
)
@option("--post", metavar="TEXT", required=True, en="The post.", zh="职务。")
@option(
    "--tier",
    "tiers",
    multiple=True,
    required=True,
    type=click.Choice(TIERS),
    en="A tier held; may be repeated.",
    zh="所具层级；可重复。",
)
@option("--appointment", metavar="ID", en="Id, unique in the ledger.", zh="任职编号，账本内唯一。")
@option("--unit", metavar="TEXT", en="The unit.", zh="内设机构。")
@option("--duty", metavar="ID", en="The duty.", zh="职责编号。")
@option("--acting", is_flag=True, en="Only acting.", zh="代理。")
@option("--starts", metavar="T", en="From when (default: now).", zh="开始时间（默认：现在）。")
@option("--ends", metavar="T", en="Until when.", zh="结束时间。")
@REGISTRAR_KEY
@SIGNER
def appoint(
    who: str,
    in_: str,
    post: str,
    tiers: tuple[str, ...],
    appointment: str | None,
    unit: str | None,
    duty: str | None,
    acting: bool,
    starts: str | None,
    ends: str | None,
    registrar_files: tuple[Path, ...],
    signer_ids: tuple[str, ...],
) -> None:
    """Appoint an official to a post."""
    say_as_registrar(
        appointed(
            who,
            in_,
            appointment or new_id(),
            post,
            list(dict.fromkeys(tiers)),
            starts or now(),
            acting=acting or None,
            duty=duty,
            ends=ends,
            unit=unit,
        ),
        registrar_files,
        signer_ids,
    )


@command(
    "Release an official from an appointment.",
    "记入公务人员离任。",
    name="release",
    options=SENDING,
)
@click.argument("appointment", metavar="APPOINTMENT")
@option(
    "--ends", metavar="T", en="When the post ends (default: now).", zh="离任时间（默认：现在）。"
)
@REGISTRAR_KEY
@SIGNER
def release(
    appointment: str,
    ends: str | None,
    registrar_files: tuple[Path, ...],
    signer_ids: tuple[str, ...],
) -> None:
    """Release an official from an appointment."""
    known = view_as_registrar(registrar_files).registry.appointment(appointment)
    if known is None:
        raise Failure(
            NOT_FOUND,
            f"no appointment {appointment}: `zelian official show OFFICIAL` shows them",
            f"没有任职编号 {appointment}：可用 `zelian official show 人员` 查看",
        )
    say_as_registrar(
        released(known.appointee, known.department, appointment, ends or now()),
        registrar_files,
        signer_ids,
    )


@command(
    "Show the posts and keys of an official.",
    "查看人员的任职与密钥。",
    name="show",
    options=ANYWHERE,
)
@click.argument("who", metavar="OFFICIAL")
def show_official(who: str) -> None:
    """Show the posts and keys of an official."""
    view = _view()
    posts = [post for post in _posts(view) if post.appointee == who]
    if not posts:
        raise _no_such(who)
    keys = [
        found
        for found in map(view.registry.key, view.registry.public_keys)
        if found is not None and found.holder == who
    ]
    if here().as_json:
        listed = [found.key_id for found in keys]
        data_json({"keys": listed, "official": who, "posts": [_post_json(post) for post in posts]})
        return
    rows = [(pick("post", "任职"), _post_line(post)) for post in posts]
    rows += [(pick("key", "密钥"), f"{found.key_id}  {found.department}") for found in keys]
    for line in table(rows):
        data(line)


def _posts(view: RegistryView) -> list[Appointment]:
    found = (
        view.registry.appointment(event["data"]["appointment"])
        for _, event in view.events
        if event["type"] == APPOINTED
    )
    return [post for post in found if post is not None]


def _post_line(post: Appointment) -> str:
    ends = local_time(post.ends) if post.ends else pick("open", "至今")
    held = pick("in post", "在任") if post.is_held(now()) else pick("not in post", "不在任")
    acting = pick(" (acting)", "（代理）") if post.acting else ""
    return (
        f"{post.appointee}  {post.department}  {post.post}{acting}  {','.join(sorted(post.tiers))}"
        f"  {local_time(post.starts)} – {ends}  {held}  [{post.appointment}]"
    )


def _post_json(post: Appointment) -> dict[str, Any]:
    return {
        "acting": post.acting,
        "appointed_at": post.appointed_at,
        "appointment": post.appointment,
        "department": post.department,
        "duty": post.duty,
        "ends": post.ends,
        "held": post.is_held(now()),
        "official": post.appointee,
        "post": post.post,
        "released_at": post.released_at,
        "starts": post.starts,
        "tiers": sorted(post.tiers),
        "unit": post.unit,
    }


for _command in (appoint, release, show_official):
    official.add_command(_command)

"""The same commands where ``ZELIAN_DATABASE_URL`` names a PostgreSQL database."""

from collections.abc import Callable

from tests.integration.cli.conftest import ORIGIN, Zelian, free_port


def test_a_ledger_on_postgresql(zelian: Zelian, new_database: Callable[[], str]) -> None:
    """Init, registry, log, fsck, doctor; a database that has a ledger takes no second one."""
    env = {"ZELIAN_DATABASE_URL": new_database()}
    assert zelian("init", "--origin", ORIGIN, env=env).exit_code == 0
    assert not (zelian.home / "ledger.db").exists()
    register = ("department", "register", "MZ", "--name", "云岭省民政厅")
    assert zelian(*register, env=env).stdout == "3\n"
    assert len(zelian("log", env=env).stdout.splitlines()) == 4
    assert zelian("fsck", env=env).exit_code == 0
    assert zelian("doctor", env=env).exit_code == 0

    second = Zelian(zelian.home.with_name("second"))
    refused = second("init", "--origin", ORIGIN, env=env)
    assert refused.exit_code == 7
    assert "holds a ledger already" in refused.stderr


def test_a_database_out_of_reach(demo: Zelian) -> None:
    """Exit code 4, without the password."""
    url = f"postgresql://u:hush@127.0.0.1:{free_port()}/x"
    for args in (["log"], ["fsck"], ["department", "register", "X", "--name", "x"]):
        result = demo(*args, env={"ZELIAN_DATABASE_URL": url})
        assert result.exit_code == 4, result.stderr
        assert "hush" not in result.output

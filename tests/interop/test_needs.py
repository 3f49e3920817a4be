"""What is not there is said, with the package that brings it."""

import pytest

from tests.interop import needs


def test_a_program_that_is_not_there_skips() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"no-such-program .*apt install its-package"):
        needs.program("no-such-program", "its-package")


def test_a_file_that_is_not_there_skips() -> None:
    with pytest.raises(pytest.skip.Exception, match="apt install its-package"):
        needs.file("usr/lib/no-such-*.so", "its-package")


def test_an_npm_package_that_is_not_there_skips(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(needs, "NODE", tmp_path_factory.mktemp("node"))
    with pytest.raises(pytest.skip.Exception, match=r"nodejs npm|npm ci"):
        needs.node()

"""`claimkeep COMMAND`. Each command lives in the room that does its work and is loaded only when it is called."""

from importlib import import_module

import click

_COMMANDS = {
    # name: (module:command, what the list of commands says)
    "init": ("archive.commands:init", "Make a new, empty archive."),
    "ingest": ("ingest.commands:ingest", "Take in files and folders as one batch."),
    "work": ("workers.commands.work:work", "Read, redact and index what waits."),
    "status": ("archive.commands:status", "Show where batches stand."),
    "doctor": ("archive.doctor:doctor", "Ask every part whether it answers, and say what to do."),
    "search": ("search_api.commands:search", "Find documents by name, number, date or text."),
    "search-list": ("search_api.list_command:search_list", "Look for every row of a list of names, numbers and dates."),
    "show": ("archive.commands:show", "Show one document: state, fields, custody, files made."),
    "pages": ("archive.commands:pages", "List a document's pages with state and reason."),
    "retry": ("workers.commands.work:retry", "Have failed pages and documents done again."),
    "reread": ("workers.commands.reading:reread", "Read pages again with another engine."),
    "use-reading": ("workers.commands.reading:use_reading", "Go back to an older reading of a page."),
    "confirm": ("workers.commands.reading:confirm", "Confirm a field of a claim, or put it right."),
    "queue": ("workers.commands.queue:queue", "See what waits for workers, and letters that none could read."),
    "rebuild-index": ("workers.commands.rebuild:rebuild_index", "Make the search index anew while searches go on."),
    "keys": ("workers.commands.keys:keys", "Change the key of the search index."),
    "certificate": ("workers.commands.certificate:certificate", "Certificates of redacted files: write, print, verify."),
    "review": ("archive.review.commands:review", "Review redactions: queue by risk, masks, approval by a second person."),
    "breakglass": ("archive.review.breakglass_commands:breakglass", "See one page unmasked, by leave of a second person."),
    "sample": ("archive.review.sample_commands:sample", "Sample redacted pages, and bound the share that leaks."),
    "copy": ("archive.copy_commands:copy", "Move the archive to other parts: from one machine to servers."),
    "export": ("workers.commands.work:export", "Write a document's redacted PDF to a file."),
    "audit": ("archive.commands:audit", "Check the ledger."),
    "collections": ("archive.collection_commands:collections", "Grant batches to handlers under a name."),
    "users": ("archive.commands:users_group", "Add, list and remove those who may use the API."),
    "serve": ("claimkeep.serve:serve", "Answer over HTTP, and work on what comes in."),
    "ocr": ("claimkeep.try_out:ocr", "Read one file, without an archive."),
    "extract": ("claimkeep.try_out:extract", "Find names, numbers and dates in one file or text."),
    "redact": ("claimkeep.try_out:redact", "Write a redacted, checked PDF of one file."),
    "verify-redaction": ("claimkeep.try_out:verify_redaction", "Look in a redacted file for what must not be in it."),
    "demo": ("claimkeep.demo:demo", "Run the main job on the sample documents."),
}


class _LazyGroup(click.Group):
    """Loads a command's module when the command is called or its help is asked for, not before."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name][0].partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{name} is no command")
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="claimkeep")
def main() -> None:
    """Take in scanned claims, read them, hide what must not be seen, and find any of them again.

    Exit codes: 0 done, 1 done but some items failed, 2 wrong use, 3 cannot go on.
    """

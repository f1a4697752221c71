"""The ledger's tables as Django reads them; only functions in PostgreSQL write them."""

from typing import Any, ClassVar

from django.db import models

from governance.core.database.stored_json import StoredJSONField

# Entries that the machine writes every minute though nothing happened.
ROUTINE = ("alert.seen", "scan.complete")


class LedgerEntry(models.Model):
    """One thing that happened. Row security decides who sees it; no role may change it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    # uuid of a person (who may be gone since), or `system:<name>`
    actor = models.TextField()
    # the role held on `source` at that instant, or `system`
    role = models.TextField()
    source = models.TextField(null=True)  # noqa: DJ001  # null: concerns the whole console
    subject_type = models.TextField()
    subject_id = models.TextField()
    check_code = models.TextField(null=True)  # noqa: DJ001  # null: not about an alert
    action = models.TextField()
    before = StoredJSONField(null=True)
    after = StoredJSONField(null=True)
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_entry"
        ordering: ClassVar = ["-seq"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(seq__gte=1), name="ledger_entry_seq_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=""), name="ledger_entry_source_named_or_null"
            ),
        ]
        # Readers: the history page, whose order is always seq, and what is named beside each.
        indexes: ClassVar = [
            # the alert filter, an alert's timeline and episodes; the replay reads all of one type, in order
            models.Index(fields=["subject_type", "subject_id", "seq"], name="ledger_entry_subject"),
            # one source with its routine; how its scans stood at an instant
            models.Index(fields=["source", "seq"], name="ledger_entry_source"),
            # the page as it opens: one source without its routine, which may be 99 entries of 100
            models.Index(
                fields=["source", "seq"],
                name="ledger_entry_telling",
                condition=~models.Q(action__in=ROUTINE),
            ),
            # the rule filter; an entry of a scan or an account has none
            models.Index(
                fields=["check_code", "seq"],
                name="ledger_entry_check",
                condition=models.Q(check_code__isnull=False),
            ),
            models.Index(fields=["actor", "seq"], name="ledger_entry_actor"),  # the person filter
            # the action filter; the newest verification and checkpoint
            models.Index(fields=["action", "seq"], name="ledger_entry_action"),
            # which seq an instant is: `at` never falls, so a period is a range of seq
            models.Index(fields=["at", "seq"], name="ledger_entry_at"),
            # the report's promises: decisions until a day, few among all
            models.Index(
                fields=["seq"],
                name="ledger_entry_dated",
                condition=models.Q(
                    action__in=("alert.resolve", "alert.propose"), after__has_key="accepted_until"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject_type} {self.subject_id}"

    @property
    def values(self) -> dict[str, Any]:
        """All values that the entry names, as they were after it."""
        return {**(self.before or {}), **(self.after or {})}


class LedgerActionRow(models.Model):
    """Who may note an action: `system`, or whoever holds `permission`. Rewritten by every migrate."""

    action = models.TextField(primary_key=True)
    subject_type = models.TextField()
    system = models.TextField(default="")
    permission = models.TextField(default="")

    class Meta:
        db_table = "ledger_action"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(system="", permission__gt="")
                | models.Q(system__gt="", permission=""),
                name="ledger_action_of_machine_or_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.system or self.permission}"


class LedgerHead(models.Model):
    """The end of the chain, one row; whoever appends holds its lock until commit.

    Entries between `seq` and `entered` are committed, have their number, and wait to be chained.
    """

    id = models.SmallIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()
    at = models.DateTimeField()
    # transaction that took the lock last: all its entries carry the instant `at`
    writer = models.BigIntegerField()
    # who acts in that transaction; nobody else may write in it
    actor = models.TextField(null=True)  # noqa: DJ001  # null: before the first writer
    # the last number that an entry has, chained or not; and the last that a batch has
    entered = models.BigIntegerField()
    batches = models.BigIntegerField()
    # moves with every commit that makes entries (ledger_state)
    moved = models.BinaryField()

    class Meta:
        db_table = "ledger_head"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {bytes(self.hash).hex()}"


class LedgerBatch(models.Model):
    """The entries of one transaction that were not chained as it wrote them.

    `number`, `at` and `first_seq` are null until the transaction ends, so nobody else ever sees them null.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField(null=True, unique=True)
    writer = models.BigIntegerField()
    actor = models.TextField()
    # when it began to write, which its rows carry; and when it was sealed, which its entries carry
    began = models.DateTimeField()
    at = models.DateTimeField(null=True)
    first_seq = models.BigIntegerField(null=True)
    entries = models.BigIntegerField()
    chained = models.BigIntegerField()

    class Meta:
        db_table = "ledger_batch"
        indexes: ClassVar = [
            # each statement of the transaction asks for it (ledger_lock)
            models.Index(
                fields=["writer"], name="ledger_batch_open", condition=models.Q(number=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.chained}/{self.entries}"


class LedgerPending(models.Model):
    """An entry that waits to be chained; its seq is that of its batch plus its number."""

    pk = models.CompositePrimaryKey("batch_id", "number")
    batch_id = models.BigIntegerField()
    number = models.BigIntegerField()
    role = models.TextField()
    source = models.TextField(null=True)  # noqa: DJ001
    subject_type = models.TextField()
    subject_id = models.TextField()
    check_code = models.TextField(null=True)  # noqa: DJ001
    action = models.TextField()
    before = StoredJSONField(null=True)
    after = StoredJSONField(null=True)

    class Meta:
        db_table = "ledger_pending"
        indexes: ClassVar = [
            # each scan: what people decided while it read (alerts/sql/intake)
            models.Index(
                fields=["batch_id"],
                name="ledger_pending_decided",
                condition=models.Q(action="alert.resolve"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number} {self.action}"

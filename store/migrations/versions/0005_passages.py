"""What devices make of our certificate, and the apps that a parent lets through as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "handshakes",
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("last_accepted", sa.BigInteger),
        sa.Column("last_refused", sa.BigInteger),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("run_since", sa.BigInteger),
        sa.Column("refuses_since", sa.BigInteger),
        sa.Column("quiet_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("device", "host", name="pk_handshakes"),
    )
    op.create_table(
        "passages",
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("given", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("device", "host", name="pk_passages"),
    )

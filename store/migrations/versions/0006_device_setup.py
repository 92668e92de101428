"""The codes with which devices are set up, and what was seen of each device."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "device_codes",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.create_table(
        "device_checks",
        sa.Column(
            "code",
            sa.String(64),
            sa.ForeignKey("device_codes.code", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("light", sa.String(16), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("client", sa.Text, nullable=False),
        sa.Column("mac", sa.Text),
        sa.Column("device", sa.Text),
        sa.Column("profile", sa.Text, nullable=False),
    )

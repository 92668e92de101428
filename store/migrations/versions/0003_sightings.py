"""Who came through the proxy, and with which passwords devices sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("thing", sa.Text, primary_key=True),
        sa.Column("device", sa.Text),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("mac", sa.Text),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("left_alone", sa.BigInteger),
    )
    op.create_table(
        "logins",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("password", sa.Text, nullable=False),
    )

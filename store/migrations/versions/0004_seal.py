"""Why a host was never opened."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("decisions", sa.Column("seal", sa.Text))

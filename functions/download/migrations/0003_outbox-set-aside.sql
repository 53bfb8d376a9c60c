-- When the sweeper last failed to read the event. NULL for readable events.
ALTER TABLE outbox ADD COLUMN set_aside_at timestamptz;

DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (published_at) WHERE closed_at IS NULL AND set_aside_at IS NULL;
CREATE INDEX outbox_set_aside ON outbox (set_aside_at) WHERE closed_at IS NULL AND set_aside_at IS NOT NULL;

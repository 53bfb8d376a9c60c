-- When the event was last published. The sweeper handles the oldest first.
ALTER TABLE outbox ADD COLUMN published_at timestamptz NOT NULL DEFAULT now();

DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (published_at) WHERE closed_at IS NULL;

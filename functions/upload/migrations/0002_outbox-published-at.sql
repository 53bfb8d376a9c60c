-- When the event was last published: the sweeper takes those first that it has not looked at for longest.
ALTER TABLE outbox ADD COLUMN published_at timestamptz NOT NULL DEFAULT now();

DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (published_at) WHERE closed_at IS NULL;

-- Jobs, one per video. Names are unqualified: the search path is this context's schema.
CREATE TABLE job (
  video_id uuid PRIMARY KEY,
  -- Unknown of a deleted video, whose row is a tombstone.
  user_id uuid,
  attempt integer NOT NULL,
  -- Which run of the attempt may write its result; the others are fenced off.
  run_id uuid,
  status text NOT NULL CHECK (status IN ('RUNNING', 'DONE', 'FAILED', 'DISCARDED', 'DELETED')),
  target text,
  frames_expected integer,
  frames_delivered integer,
  zip_bytes bigint,
  zip_sha256 text,
  failure_code text,
  claimed_at timestamptz,
  finished_at timestamptz,
  CHECK (status <> 'RUNNING' OR (run_id IS NOT NULL AND user_id IS NOT NULL))
);

CREATE INDEX job_deleted ON job (finished_at) WHERE status = 'DELETED';

CREATE TABLE outbox (
  event_id uuid PRIMARY KEY,
  saga_id uuid NOT NULL,
  event jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz
);

CREATE INDEX outbox_open ON outbox (created_at) WHERE closed_at IS NULL;
CREATE INDEX outbox_closed ON outbox (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE inbox (
  event_id uuid PRIMARY KEY,
  event_type text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX inbox_received_at ON inbox (received_at);

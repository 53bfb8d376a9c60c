-- Videos as users see them. Names are unqualified because the search path is this context's schema.
CREATE TABLE video (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  file_name text NOT NULL,
  declared_bytes bigint NOT NULL,
  content_type text NOT NULL,
  interval_seconds integer NOT NULL,
  storage_key text NOT NULL,
  -- The correlation id of the call that created the video. Its saga keeps it.
  correlation_id text NOT NULL,
  idempotency_key text,
  status text NOT NULL DEFAULT 'AWAITING_UPLOAD'
    CHECK (status IN ('AWAITING_UPLOAD', 'EXPIRED', 'UPLOADED', 'PROCESSING', 'READY', 'FAILED')),
  form_expires_at timestamptz NOT NULL,
  frames integer,
  expires_at timestamptz,
  failure_code text,
  failure_message text,
  -- Milliseconds, because a cursor has milliseconds.
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  -- When the user deleted the video. Its objects may still exist.
  deleted_at timestamptz
);

CREATE INDEX video_newest_first ON video (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX video_idempotency_key ON video (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX video_awaiting ON video (form_expires_at) WHERE status = 'AWAITING_UPLOAD' AND deleted_at IS NULL;

-- Each video's timeline, one row per consumed event.
CREATE TABLE timeline (
  event_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  video_id uuid NOT NULL REFERENCES video (id) ON DELETE CASCADE,
  position bigint GENERATED ALWAYS AS IDENTITY,
  type text NOT NULL,
  occurred_at timestamptz(3) NOT NULL,
  attempt integer,
  target text,
  code text,
  message text
);

CREATE INDEX timeline_of_video ON timeline (video_id, occurred_at, position);

-- Deleted videos whose upload form may still be used.
CREATE TABLE tombstone (
  video_id uuid PRIMARY KEY,
  storage_key text NOT NULL,
  form_expires_at timestamptz NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX tombstone_form_expires_at ON tombstone (form_expires_at);

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

-- Up Migration

-- One row per operation: the newest state as one JSON value, and the version that a move must name.
CREATE TABLE operations (
  id         uuid PRIMARY KEY,
  code       text NOT NULL UNIQUE,
  version    integer NOT NULL,
  state      text NOT NULL,
  body       jsonb NOT NULL,
  last_leaf  text NOT NULL,
  due_at     timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX operations_due ON operations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX operations_open ON operations (created_at)
  WHERE state NOT IN ('succeeded', 'rejected', 'expired', 'cancelled', 'failed', 'rolled_back');

-- The audit records as they were sealed: bytes, never columns, so that nothing can be recomputed.
CREATE TABLE records (
  operation uuid NOT NULL,
  seq       integer NOT NULL,
  bytes     text NOT NULL,
  leaf      text NOT NULL,
  written   bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (operation, seq)
);
CREATE INDEX records_written ON records (written);

-- The order of the log: sequenced outside the user's transaction by one replica at a time.
CREATE TABLE log (
  index     bigint PRIMARY KEY,
  operation uuid NOT NULL,
  seq       integer NOT NULL,
  leaf      text NOT NULL,
  UNIQUE (operation, seq),
  FOREIGN KEY (operation, seq) REFERENCES records (operation, seq)
);
CREATE TABLE checkpoints (
  size       bigint PRIMARY KEY,
  range      jsonb NOT NULL,
  note       text NOT NULL,
  signed_at  timestamptz NOT NULL DEFAULT now()
);

-- What runners said, signed by them, as it came.
CREATE TABLE statements (
  id          uuid PRIMARY KEY,
  runner      text NOT NULL,
  operation   uuid NOT NULL,
  body        jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX statements_operation ON statements (operation);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % on % refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON records FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON statements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON records EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON log EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON checkpoints EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON statements EXECUTE FUNCTION refuse_change();

-- Everything that came in, written before it is acknowledged.
CREATE TABLE inbox (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key         text NOT NULL UNIQUE,
  kind        text NOT NULL,
  body        jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  attempts    integer NOT NULL DEFAULT 0,
  leased_until timestamptz,
  done_at     timestamptz,
  error       text
);
CREATE INDEX inbox_open ON inbox (id) WHERE done_at IS NULL;

-- Everything that must go out, written in the transaction that decided it. One lane of one operation
-- is delivered in order.
CREATE TABLE outbox (
  seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id          uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  lane        text NOT NULL,
  operation   uuid,
  body        jsonb NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  attempts    integer NOT NULL DEFAULT 0,
  next_at     timestamptz NOT NULL DEFAULT now(),
  leased_until timestamptz,
  done_at     timestamptz,
  error       text
);
CREATE INDEX outbox_open ON outbox (lane, operation, seq) WHERE done_at IS NULL;

-- Which Slack message shows what of an operation.
CREATE TABLE messages (
  operation uuid NOT NULL REFERENCES operations (id),
  slot      text NOT NULL,
  channel   text NOT NULL,
  ts        text NOT NULL,
  PRIMARY KEY (operation, slot),
  UNIQUE (channel, ts)
);

-- Where each runner is connected, and the highest fence given out to it.
CREATE TABLE runners (
  name         text PRIMARY KEY,
  fence        bigint NOT NULL DEFAULT 0,
  replica      text,
  host         text,
  version      text,
  connected_at timestamptz,
  seen_at      timestamptz
);

-- The one way an operation changes: state, records and effects in one transaction, or nothing. It holds
-- no rules; `expected` 0 inserts. Returns false when somebody else moved first. A statement that led to a
-- move before fails the whole move, so that nothing a runner says is ever counted twice.
CREATE FUNCTION commit_move(
  p_id uuid, p_code text, p_expected integer, p_state text, p_body jsonb, p_last_leaf text,
  p_due_at timestamptz, p_records jsonb, p_effects jsonb, p_statement jsonb
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_expected = 0 THEN
    INSERT INTO operations (id, code, version, state, body, last_leaf, due_at)
      VALUES (p_id, p_code, 1, p_state, p_body, p_last_leaf, p_due_at);
  ELSE
    UPDATE operations SET version = version + 1, state = p_state, body = p_body, last_leaf = p_last_leaf,
        due_at = p_due_at
      WHERE id = p_id AND version = p_expected;
    IF NOT FOUND THEN RETURN false; END IF;
  END IF;
  INSERT INTO records (operation, seq, bytes, leaf)
    SELECT p_id, (r->>'seq')::integer, r->>'bytes', r->>'leaf'
    FROM jsonb_array_elements(p_records) WITH ORDINALITY AS e(r, n) ORDER BY n;
  INSERT INTO outbox (lane, operation, body)
    SELECT r->>'lane', p_id, r->'effect'
    FROM jsonb_array_elements(p_effects) WITH ORDINALITY AS e(r, n) ORDER BY n;
  IF p_statement IS NOT NULL THEN
    INSERT INTO statements (id, runner, operation, body)
      VALUES ((p_statement->'payload'->>'id')::uuid, p_statement->'payload'->>'runner', p_id, p_statement);
  END IF;
  RETURN true;
END $$;

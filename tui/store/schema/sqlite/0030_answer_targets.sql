-- Until when a customer has to be answered, and how long each first answer took.

alter table conversations add column due_at integer;                     -- ms UTC; null: no target holds
alter table conversations add column due_view text not null default '';  -- view whose target it is
alter table conversations add column overdue integer not null default 0; -- the time is over, and agents were notified
create index conversations_by_due on conversations (due_at, id) where due_at is not null;
create index conversations_overdue on conversations (rank, id) where overdue > 0;

create table answers (                  -- first answers; deleted with the message that is taken back
  message_id  integer primary key,
  agent       text    not null,
  account     text    not null,
  view        text    not null,         -- whose target held; empty: none
  waited_from integer not null,         -- ms UTC
  answered_at integer not null,
  due_at      integer
);
create index answers_by_time on answers (answered_at);

create table desk_hours (               -- one row, or none: always open
  id       integer primary key,
  week     text    not null,            -- mon-fri 9-17
  holidays text    not null default '', -- dates with blanks between them
  zone     text    not null default ''  -- IANA name; empty: that of the system
);

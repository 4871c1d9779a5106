-- Until when a customer has to be answered, and how long each first answer took.

alter table conversations add column due_at bigint ;                     -- ms UTC; null: no target holds
alter table conversations add column due_view string not null default '';  -- view whose target it is
alter table conversations add column overdue bigint  not null default 0; -- the time is over, and agents were notified
create index conversations_by_due on conversations (due_at, id) where due_at is not null;
create index conversations_overdue on conversations (rank, id) where overdue > 0;

create table answers (                  -- first answers; deleted with the message that is taken back
  message_id  bigint  primary key,
  agent       string  not null,
  account     string  not null,
  view        string  not null,         -- whose target held; empty: none
  waited_from bigint  not null,         -- ms UTC
  answered_at bigint  not null,
  due_at      bigint 
);
create index answers_by_time on answers (answered_at);

create table desk_hours (               -- one row, or none: always open
  id       bigint  primary key,
  week     string  not null,            -- mon-fri 9-17
  holidays string  not null default '', -- dates with blanks between them
  zone     string  not null default ''  -- IANA name; empty: that of the system
);

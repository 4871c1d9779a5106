-- Which alarms were sent, so that each is sent once whatever process runs; what `smsdesk_uncertain_messages` counts.

create table sent_alarms (
  kind        text    not null,
  account     text    not null,
  raised      integer not null,            -- it holds now
  since       bigint  not null,            -- when it last began or ended
  text        text    not null,            -- what is wrong, without anything of customers
  sent_raised integer not null default 0,  -- what was sent last: that it began (1), or that it is over (0)
  changes     integer not null default 0,  -- how often it began or ended since something was sent
  next_at     bigint  not null default 0,  -- nothing is sent about it before
  primary key (kind, account)
);

create table alarm_deliveries (            -- how the last alarm was taken
  channel text   primary key,              -- notify_command, notify_url
  at      bigint not null,
  line    text   not null                  -- what went wrong; empty: nothing
);

create index messages_uncertain on messages (account, at) where status = 'uncertain' and handled = 0;

-- Which alarms were sent, so that each is sent once whatever process runs; what `smsdesk_uncertain_messages` counts.

create table sent_alarms (
  kind        string not null,
  account     string not null,
  raised      bigint  not null,            -- it holds now
  since       bigint  not null,            -- when it last began or ended
  text        string not null,            -- what is wrong, without anything of customers
  sent_raised bigint  not null default 0,  -- what was sent last: that it began (1), or that it is over (0)
  changes     bigint  not null default 0,  -- how often it began or ended since something was sent
  next_at     bigint  not null default 0,  -- nothing is sent about it before
  primary key (kind, account)
);

create table alarm_deliveries (            -- how the last alarm was taken
  channel string primary key,              -- notify_command, notify_url
  at      bigint not null,
  line    string not null                  -- what went wrong; empty: nothing
);

create index messages_uncertain on messages (account, at) where status = 'uncertain' and handled = 0;

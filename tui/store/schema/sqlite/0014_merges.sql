-- Several numbers of one person lead to one conversation: by their forms, or by the word of an agent.

alter table conversations add column other_addresses text not null default '';  -- one per line
alter table messages add column recipient text not null default '';  -- number it goes to; '': the conversation's
alter table messages add column origin bigint not null default 0;    -- conversation it was in before a merge

create table aliases (                            -- further keys that lead to a conversation
  party           text   primary key,
  address         text   not null,
  conversation_id bigint not null references conversations (id)
);
create index aliases_by_conversation on aliases (conversation_id);

create table redirects (                          -- ids of conversations that are part of another one
  old_id          bigint primary key,
  conversation_id bigint not null references conversations (id)
);
create index redirects_by_conversation on redirects (conversation_id);

create table merges (                             -- what an undo needs
  id        integer primary key,
  at        bigint  not null,
  agent     text    not null,
  kept_id   bigint  not null,
  gone_id   bigint  not null,
  before    text    not null,                     -- JSON
  undone_at bigint  not null default 0
);

create table merged_drafts (                      -- texts from before a merge, by the conversation that is gone
  old_id bigint not null,
  agent  text   not null,
  kind   text   not null check (kind in ('reply', 'note')),
  body   text   not null,
  primary key (old_id, agent, kind)
);

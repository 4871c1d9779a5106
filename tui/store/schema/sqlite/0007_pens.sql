-- One agent writes in a conversation at a time; who holds the pen must say so again and again.

create table pens (
  conversation_id bigint primary key references conversations (id),
  agent           text   not null,
  owner           text   not null,
  seen_at         bigint not null
);

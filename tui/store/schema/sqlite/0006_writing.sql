-- What writing leaves behind: canned replies by use, notes half written, who is mentioned in one,
-- pictures of a draft, and messages that an answer makes superfluous.

alter table templates add column uses integer not null default 0;

create table template_values (                    -- the desk's own {fields} of canned replies
  name  text primary key,
  value text not null
);

alter table drafts add column media text not null default '[]';
alter table drafts add column subject text not null default '';

create table note_drafts (
  conversation_id bigint not null references conversations (id),
  agent           text   not null,
  body            text   not null,
  updated_at      bigint not null,
  primary key (conversation_id, agent)
);

create table mentions (
  agent           text   not null,
  message_id      bigint not null,
  conversation_id bigint not null references conversations (id),
  primary key (agent, message_id)
);
create index mentions_by_conversation on mentions (agent, conversation_id, message_id);

alter table messages add column cancel_on_reply integer not null default 0;
create index messages_until_reply on messages (conversation_id)
  where cancel_on_reply = 1 and status in ('queued', 'scheduled');

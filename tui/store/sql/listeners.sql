-- name: beat(account, owner, host, agent, kind, address, now)$
insert into listeners (account, owner, host, agent, kind, address, since, seen_at)
values (:account, :owner, :host, :agent, :kind, :address, :now, :now)
on conflict (account, owner) do update set seen_at = excluded.seen_at, address = excluded.address, ended = 0,
  since = case when listeners.ended = 1 then excluded.since else listeners.since end
returning since = seen_at;

-- name: drop_dead(account, dead_before, latest)!
delete from listeners where account = :account and (ended = 1 or seen_at < :dead_before or seen_at > :latest)
  and seen_at <> (select max(seen_at) from listeners where account = :account and seen_at <= :latest);

-- name: record_crowd(owner, since, until, closed, address, address_closed)!
update listeners set full_since = :since, full_until = :until, full_closed = :closed, full_address = :address,
  full_address_closed = :address_closed where owner = :owner;

-- name: end_listener(owner, now)!
update listeners set ended = 1, seen_at = :now where owner = :owner and ended = 0;

-- name: listeners()
select * from listeners order by account, ended desc, seen_at;

-- name: add_probe(nonce, account, now)!
insert into probes (nonce, account, at) values (:nonce, :account, :now) on conflict do nothing;

-- name: drop_probes(before, latest)!
delete from probes where at < :before or at > :latest;

-- name: probe(nonce)$
select account from probes where nonce = :nonce;

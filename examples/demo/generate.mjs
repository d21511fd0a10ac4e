// Makes the data of the demo: seeded, so that the same seed gives the same rows everywhere.
//
//   node generate.mjs MODULES DATA [SEED]     MODULES: a folder with node_modules, DATA: an empty folder
//
// Small tables are made here and handed to DuckDB as CSV; everything of size is SQL over `u`, a hash of row
// number, purpose and seed that stands for a random number, so that the number of threads changes nothing.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import * as words from './words.mjs';

const [modules, data, seedText = '2026'] = process.argv.slice(2);
if (!data || !/^\d{1,9}$/.test(seedText)) {
  console.error('usage: node generate.mjs MODULES DATA [SEED]');
  process.exit(64);
}
const seed = Number(seedText);
const load = createRequire(join(resolve(modules), 'package.json'));
const { DuckDBInstance } = load('@duckdb/node-api');

const FIRST_DAY = '2026-08-24';
const DAYS = 90;
const SHOWS = 240;
const CREATORS = 110;
const CAMPAIGNS = 160;
const LISTENERS = 180_000;
const LISTENS = 3_000_000;
const IMPRESSIONS = 1_200_000;
const LISTENER_PLACES = 3_000;
const BOT_SHARE = 0.11;

// --- random numbers -------------------------------------------------------------------------------

let state = seed;
function random() {  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const between = (low, high) => low + below(high - low + 1);

function weighted(list) {  // of [value, weight]
  let at = random() * list.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of list) if ((at -= weight) < 0) return value;
  return list[0][0];
}

function titles(patterns, count) {
  const out = new Set();
  while (out.size < count) {
    const noun = pick(words.nouns);
    out.add(pick(patterns).replace('{a}', pick(words.adjectives)).replace('{n}', noun));
  }
  return [...out];
}

const day = (offset) => new Date(Date.parse(FIRST_DAY) + offset * 86_400_000).toISOString().slice(0, 10);

// --- small tables ---------------------------------------------------------------------------------

const scratch = join(data, '.scratch');
const instance = await DuckDBInstance.create(':memory:');
const db = await instance.connect();
const run = (sql) => db.run(sql);
const text = (value) => "'" + String(value).replaceAll("'", "''") + "'";

const cell = (value) => (value === null ? '' : '"' + String(value).replaceAll('"', '""') + '"');
async function table(name, columns, rows) {
  const file = join(scratch, name + '.csv');
  writeFileSync(file, rows.map((row) => row.map(cell).join(',') + '\n').join(''));
  const types = Object.entries(columns).map(([column, type]) => `${text(column)}: ${text(type)}`).join(', ');
  await run(`CREATE TABLE ${name} AS FROM read_csv(${text(file)}, header = false, auto_detect = false, quote = '"',
             escape = '"', columns = {${types}})`);
}

// Categories below others; one without any is its own.
function leaves(tree) {
  return Object.entries(tree).flatMap(([parent, below]) => {
    const names = Object.keys(below);
    return names.length > 0 ? names.map((name) => ({ name, parent })) : [{ name: parent, parent }];
  });
}

const isWord = (word) => typeof word === 'string' && word !== '';

async function makeReference() {
  const categories = leaves(load('podcast-categories'));
  await table('categories', { category: 'VARCHAR', parent: 'VARCHAR' }, categories.map((c) => [c.name, c.parent]));
  const cities = load('cities.json');
  await table('cities', { city_id: 'INTEGER', city: 'VARCHAR', country: 'VARCHAR', latitude: 'DECIMAL(8,5)', longitude: 'DECIMAL(8,5)' },
    cities.map((c, i) => [i + 1, c.name, c.country, c.lat, c.lng]));
  const byCountry = new Map(words.countries.map(([code]) => [code, []]));
  cities.forEach((c, i) => byCountry.get(c.country)?.push(i + 1));
  const places = Array.from({ length: LISTENER_PLACES }, (_, i) => {
    const country = weighted(words.countries);
    return [i, pick(byCountry.get(country)), country];
  });
  await table('places', { place: 'INTEGER', city_id: 'INTEGER', country: 'VARCHAR' }, places);
  const agents = new Map(words.players.map(([name, agent]) => [agent, [agent, 'player', name, 'player']]));
  for (const bot of load('crawler-user-agents'))
    for (const agent of bot.instances.filter(isWord))
      if (!agents.has(agent)) agents.set(agent, [agent, 'bot', bot.pattern.replaceAll('\\', ''), (bot.tags ?? []).join(' ')]);
  let players = 0, bots = 0;
  await table('agents', { user_agent: 'VARCHAR', kind: 'VARCHAR', name: 'VARCHAR', tags: 'VARCHAR', number: 'INTEGER' },
    [...agents.values()].map((row) => [...row, row[1] === 'bot' ? bots++ : players++]));
  return { categories, players, bots };
}

async function makeBusiness(categories) {
  const creators = titles(words.studios, CREATORS).map((name, i) => [i + 1, name, weighted(words.countries), day(-between(60, 2500))]);
  await table('creators', { creator_id: 'INTEGER', creator: 'VARCHAR', country: 'VARCHAR', joined_on: 'DATE' }, creators);
  const shows = titles(words.patterns, SHOWS).map((title, i) => {
    const period = pick([1, 2, 3, 7, 7, 7, 7, 14]);
    const creator = 1 + Math.floor(CREATORS * random() ** 1.5);
    return [i + 1, title, pick(categories).name, creator, pick(['en', 'en', 'en', 'de', 'sv', 'es', 'fr']), -between(20, 1400), period, random() < 0.15];
  });
  await table('shows', { show_id: 'INTEGER', title: 'VARCHAR', category: 'VARCHAR', creator_id: 'INTEGER', language: 'VARCHAR', start: 'INTEGER', period: 'INTEGER', explicit: 'BOOLEAN' }, shows);
  const brands = titles(words.brands, 70);
  const campaigns = Array.from({ length: CAMPAIGNS }, (_, i) => {
    const start = between(-20, DAYS - 20), length = between(14, 60);
    const currency = pick(['EUR', 'EUR', 'USD', 'USD', 'GBP', 'SEK']);
    const cpm = currency === 'SEK' ? between(120, 340) : between(12, 34);
    return [i + 1, pick(brands), `${pick(['Autumn', 'Launch', 'Brand', 'Winter', 'Always on'])} ${i + 1}`, day(start), day(start + length), start, length, cpm, currency, between(5, 60) * 1000];
  });
  await table('campaigns', { campaign_id: 'INTEGER', advertiser: 'VARCHAR', campaign: 'VARCHAR', starts_on: 'DATE', ends_on: 'DATE', start: 'INTEGER', length: 'INTEGER', cpm: 'DECIMAL(8,2)', currency: 'VARCHAR', booked_impressions: 'INTEGER' }, campaigns);
  const agreements = shows.map((show) => [show[0], show[3], pick([0.5, 0.5, 0.5, 0.5, 0.6, 0.55]), between(0, 20) * 100, day(show[5] - 30), random() < 0.4 ? day(between(100, 700)) : null]);
  await table('agreements', { show_id: 'INTEGER', creator_id: 'INTEGER', share: 'DECIMAL(4,2)', guarantee: 'DECIMAL(12,2)', signed_on: 'DATE', ends_on: 'DATE' }, agreements);
  await table('currencies', { currency: 'VARCHAR', name: 'VARCHAR', digits: 'INTEGER' }, words.currencies.map((c) => c.slice(0, 3)));
  const rates = words.currencies.flatMap(([code, , , worth]) => Array.from({ length: DAYS }, (_, i) => {
    if (code !== 'EUR') worth *= 1 + (random() - 0.5) * 0.008;
    return [day(i), code, worth.toFixed(6)];
  }));
  await table('rates', { day: 'DATE', currency: 'VARCHAR', euros: 'DECIMAL(12,6)' }, rates);
}

// --- tables of size -------------------------------------------------------------------------------

async function makeEpisodes() {
  // An episode's number follows from the day, so that a listen finds one without a look into this table.
  await run(`CREATE MACRO u(i, purpose) AS (hash(i, purpose, ${seed}) >> 11)::DOUBLE / 9007199254740992.0`);
  await run(`CREATE MACRO duration(episode) AS (900 + hash(episode, 'duration', ${seed}) % 4500)::INTEGER`);
  await run(`CREATE MACRO moment(x) AS TIMESTAMPTZ '${FIRST_DAY} 00:00:00+00' + to_microseconds((x * 86400000000)::BIGINT)`);
  await run(`CREATE TABLE episodes AS
    SELECT show_id::BIGINT * 10000 + number AS episode_id, show_id, number::INTEGER AS number,
      list_value('Part', 'Field notes', 'The one about', 'Back to', 'Letters from', 'Questions on')[1 + (u(show_id * 10000 + number, 'a') * 6)::INTEGER % 6]
        || ' ' || lower(category) || ', no. ' || number AS title,
      moment(start + (number - 1) * period + 0.2 + u(show_id * 10000 + number, 'at') * 0.1) AS published_at,
      duration(show_id::BIGINT * 10000 + number) AS duration_s
    FROM shows, range(1, 2000) AS t(number)
    WHERE start + (number - 1) * period < ${DAYS}
    ORDER BY episode_id`);
  const titles = '[' + words.chapters.map(text).join(', ') + ']';
  await run(`CREATE TABLE chapters AS
    SELECT episode_id, list_transform(range(1 + episode_id % 7), lambda n:
        {'start_s': (duration_s * n / (1 + episode_id % 7))::INTEGER, 'title': ${titles}[1 + ((n * 5 + episode_id) % ${words.chapters.length})::INTEGER]}) AS chapters
    FROM episodes WHERE number % 3 = 0 ORDER BY episode_id`);
}

async function makeListens({ players, bots }) {
  await run(`CREATE TABLE drawn AS
    SELECT i, d, floor(d)::INTEGER AS day, u(i, 'bot') < ${BOT_SHARE} AS bot, 1 + floor(${SHOWS} * pow(u(i, 'show'), 2.4))::INTEGER AS show_id,
      floor(${LISTENERS} * pow(u(i, 'listener'), 1.6))::BIGINT AS listener, u(i, 'episode') AS e, u(i, 'heard') AS heard
    FROM (SELECT i, (${DAYS} * pow(i / ${LISTENS}.0, 0.95)) AS x, floor(x) + (x - floor(x)) - 0.11 * sin(2 * pi() * (x - floor(x))) AS d FROM range(${LISTENS}) AS t(i))
    WHERE d < ${DAYS} AND NOT (u(i, 'weekend') < 0.22 AND dayofweek(moment(d)) IN (0, 6))`);
  await run(`CREATE TABLE listens AS
    SELECT i::BIGINT AS listen_id, moment(d) AS listened_at, episode_id, d.show_id,
      CASE WHEN bot THEN NULL ELSE printf('%016x', hash(listener, 'name', ${seed})) END AS listener,
      a.user_agent, p.city_id, p.country,
      CASE WHEN bot THEN (heard * 40)::INTEGER ELSE (duration(episode_id) * least(1, heard * 1.35))::INTEGER END AS seconds,
    FROM (SELECT drawn.*, drawn.show_id::BIGINT * 10000 + 1 + latest - floor(latest * pow(e, 3) * 0.999)::BIGINT AS episode_id
          FROM (SELECT drawn.*, floor((day - s.start) / s.period)::BIGINT AS latest FROM drawn JOIN shows s USING (show_id)) AS drawn) AS d
    JOIN agents a ON a.kind = CASE WHEN bot THEN 'bot' ELSE 'player' END
      AND a.number = CASE WHEN bot THEN floor(${bots} * pow(u(i, 'agent'), 2))::INTEGER ELSE floor(${players} * pow(u(listener, 'agent'), 1.7))::INTEGER END
    JOIN places p ON p.place = floor(${LISTENER_PLACES} * u(CASE WHEN bot THEN i ELSE listener END, 'place'))::INTEGER
    ORDER BY listen_id`);
  await run('DROP TABLE drawn');
  // A play, as advertisers count it: no bot, at least a minute, once a day for each listener and episode.
  await run(`CREATE TABLE daily_plays AS
    SELECT listened_at::DATE AS day, show_id, country, count(DISTINCT (listener, episode_id))::INTEGER AS plays,
      count(DISTINCT listener)::INTEGER AS listeners, (sum(seconds) / 3600)::DECIMAL(12,2) AS hours
    FROM listens WHERE listener IS NOT NULL AND seconds >= 60 GROUP BY ALL ORDER BY ALL`);
}

async function makeMoney() {
  await run(`CREATE TABLE impressions AS
    SELECT row_number() OVER (ORDER BY x, i)::BIGINT AS impression_id, moment(x) AS shown_at, campaign_id, show_id, country, position, heard
    FROM (SELECT i, c.campaign_id, c.start + u(i, 'day') * c.length AS x, 1 + floor(${SHOWS} * pow(u(c.campaign_id * 100 + floor(16 * u(i, 'ad show')), 'booked'), 2))::INTEGER AS show_id, p.country,
            list_value('pre-roll', 'mid-roll', 'mid-roll', 'post-roll')[1 + floor(4 * u(i, 'position'))::INTEGER] AS position, u(i, 'ad heard') < 0.87 AS heard
          FROM range(${IMPRESSIONS}) AS t(i)
          JOIN campaigns c ON c.campaign_id = 1 + floor(${CAMPAIGNS} * pow(u(i, 'campaign'), 1.3))::INTEGER
          JOIN places p ON p.place = floor(${LISTENER_PLACES} * u(i, 'ad place'))::INTEGER)
    WHERE x >= 0 AND x < ${DAYS} ORDER BY impression_id`);
  await run(`CREATE TABLE campaign_revenue AS
    SELECT i.day, i.campaign_id, i.show_id, i.impressions, round(i.heard * c.cpm * r.euros / 1000, 2)::DECIMAL(12,2) AS revenue_eur
    FROM (SELECT shown_at::DATE AS day, campaign_id, show_id, count(*)::INTEGER AS impressions, count(*) FILTER (heard) AS heard FROM impressions GROUP BY ALL) AS i
    JOIN campaigns c USING (campaign_id) JOIN rates r ON r.day = i.day AND r.currency = c.currency
    ORDER BY i.day, i.campaign_id, i.show_id`);
  await run(`CREATE TABLE payouts AS
    SELECT month, creator_id, country, gross_eur, (gross_eur * vat)::DECIMAL(12,2) AS vat_eur, (gross_eur * (1 + vat))::DECIMAL(12,2) AS total_eur, shows
    FROM (SELECT date_trunc('month', r.day)::DATE AS month, s.creator_id, any_value(c.country) AS country, count(DISTINCT s.show_id)::INTEGER AS shows,
            sum(r.revenue_eur * a.share)::DECIMAL(12,2) AS gross_eur,
            CASE any_value(c.country) WHEN 'DE' THEN 0.19 WHEN 'SE' THEN 0.25 WHEN 'FR' THEN 0.20 WHEN 'NL' THEN 0.21 ELSE 0 END AS vat
          FROM campaign_revenue r JOIN shows s USING (show_id) JOIN agreements a USING (show_id) JOIN creators c ON c.creator_id = s.creator_id
          GROUP BY month, s.creator_id)
    ORDER BY month, creator_id`);
}

// --- files ----------------------------------------------------------------------------------------

// File -> what is in it. A folder gets one file a month.
const files = {
  shows: 'SELECT show_id, title, category, creator_id, language, explicit FROM shows ORDER BY show_id',
  episodes: 'FROM episodes',
  categories: 'FROM categories ORDER BY parent, category',
  chapters: 'FROM chapters',
  daily_plays: 'FROM daily_plays',
  user_agents: "SELECT user_agent, kind, name, string_split(tags, ' ') AS tags FROM agents ORDER BY kind, number",
  user_agents_v2: "SELECT user_agent, kind, name AS application, string_split(tags, ' ') AS tags FROM agents ORDER BY kind, number",
  cities: 'FROM cities ORDER BY city_id',
  campaigns: 'SELECT * EXCLUDE (start, length) FROM campaigns ORDER BY campaign_id',
  impressions: 'FROM impressions',
  campaign_revenue: 'FROM campaign_revenue',
  creators: 'FROM creators ORDER BY creator_id',
  agreements: 'FROM agreements ORDER BY show_id',
  currencies: 'FROM currencies ORDER BY currency',
  rates: 'FROM rates ORDER BY day, currency',
  payouts: 'FROM payouts',
};
const months = ['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01'];

async function write(sql, path) {
  await run(`COPY (${sql}) TO ${text(join(data, path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`);
}

mkdirSync(scratch, { recursive: true });
await run("SET TimeZone = 'UTC'");
const reference = await makeReference();
await makeBusiness(reference.categories);
await makeEpisodes();
await makeListens(reference);
await makeMoney();
for (const [name, sql] of Object.entries(files)) await write(sql, `${name}.parquet`);
mkdirSync(join(data, 'listens'), { recursive: true });
for (const month of months)
  await write(`FROM listens WHERE listened_at >= TIMESTAMPTZ '${month} 00:00:00+00'
    AND listened_at < TIMESTAMPTZ '${month} 00:00:00+00' + INTERVAL 1 MONTH`, `listens/${month.slice(0, 7)}.parquet`);
rmSync(scratch, { recursive: true });

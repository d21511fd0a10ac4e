// Words that titles are made of. None of them names a real show, company or person.

export const adjectives = [
  'Long', 'Quiet', 'Second', 'Slow', 'Paper', 'Northern', 'Open', 'Hidden', 'Electric', 'Late', 'Small', 'Honest',
  'Salt', 'Copper', 'Early', 'Green', 'Narrow', 'Borrowed', 'Winter', 'Loud', 'Plain', 'Distant', 'Half', 'Last',
];

export const nouns = [
  'Reef', 'Harbour', 'Signal', 'Orchard', 'Bridge', 'Compass', 'Kitchen', 'Ledger', 'Engine', 'Meadow', 'Lantern',
  'Archive', 'Tide', 'Canyon', 'Platform', 'Workshop', 'Island', 'Market', 'Comet', 'Garden', 'Station', 'Theatre',
  'Notebook', 'River', 'Window', 'Anchor', 'Valley', 'Studio', 'Railway', 'Library', 'Summit', 'Cellar',
];

export const patterns = ['The {a} {n}', '{n} Report', '{a} {n}', 'Inside the {n}', '{n} Weekly', 'After the {n}',
  'Notes from the {n}', 'The {n} Hour', '{a} {n} Stories'];

export const studios = ['{n} Audio', '{a} {n} Media', 'Studio {n}', '{n} Sound', '{n} Radio'];

export const brands = ['{n} Coffee', '{n} Insurance', '{n} Bikes', '{n} Mattress', '{n} Bank', '{n} Travel', '{n} Shoes',
  '{n} Energy', '{n} Software', '{n} Tea'];

export const chapters = ['Welcome', 'What happened this week', 'The interview', 'A word from our sponsor', 'Listener mail',
  'Numbers', 'A short history', 'Second thoughts', 'Credits'];

// What podcast players call themselves: name, user agent.
export const players = [
  ['Apple Podcasts', 'AppleCoreMedia/1.0.0.21H16 (iPhone; U; CPU OS 17_7 like Mac OS X; en_us)'],
  ['Apple Podcasts', 'Podcasts/1650.1 CFNetwork/1494.0.7 Darwin/23.6.0'],
  ['Apple Podcasts', 'Podcasts/4025.510.4 CFNetwork/3826.500.131 Darwin/24.5.0'],
  ['Apple Watch', 'atc/1.0 watchOS/11.5 model/Watch6,1 hwp/t8301 build/22T572'],
  ['HomePod', 'AirPodcasts/1650.1 CFNetwork/1494.0.7 Darwin/23.6.0'],
  ['Spotify', 'Spotify/9.0.48 iOS/18.5 (iPhone14,5)'],
  ['Spotify', 'Spotify/9.0.50 Android/34 (SM-S911B)'],
  ['Overcast', 'Overcast/2026.4 (+http://overcast.fm/; iOS podcast app)'],
  ['Pocket Casts', 'Pocket Casts'],
  ['AntennaPod', 'AntennaPod/3.8.0'],
  ['Castro', 'Castro 2026.3 Episode Download'],
  ['Podcast Addict', 'PodcastAddict/v5 (+https://podcastaddict.com/; Android podcast app)'],
  ['Castbox', 'CastBox/11.18.2 (fm.castbox.audiobook.radio.podcast; build:2509; Android 14)'],
  ['YouTube Music', 'com.google.android.apps.youtube.music/8.21.51 (Linux; U; Android 15; en_GB; Pixel 8)'],
  ['Amazon Music', 'AmazonMusic/26.5.1 iPhone15,2 CFNetwork/1568.300.101 Darwin/24.2.0'],
  ['Alexa', 'AlexaMediaPlayer/2.1.4676.0 (Linux;Android 7.1.2)'],
  ['Google Home', 'Mozilla/5.0 (X11; Linux armv7l) AppleWebKit/537.36 (KHTML, like Gecko) CrKey/1.56.500000'],
  ['Sonos', 'Linux UPnP/1.0 Sonos/83.1-61240 (ZPS33)'],
  ['Chrome', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'],
  ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'],
  ['Safari', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15'],
];

// Where people listen: country and weight.
export const countries = [
  ['US', 300], ['GB', 120], ['DE', 110], ['CA', 60], ['AU', 55], ['SE', 50], ['FR', 45], ['NL', 40], ['ES', 35], ['BR', 35],
  ['IN', 30], ['IT', 25], ['NO', 25], ['DK', 22], ['PL', 20], ['AT', 18], ['CH', 18], ['IE', 15], ['MX', 15], ['FI', 14],
  ['NZ', 12], ['BE', 12], ['PT', 10], ['JP', 10], ['ZA', 8], ['CZ', 6], ['AR', 6], ['KE', 4], ['SG', 4], ['EE', 3],
];

// Code, name, digits after the point, worth in euros on the first day (made up, but near the truth).
export const currencies = [
  ['EUR', 'Euro', 2, 1], ['USD', 'US dollar', 2, 0.86], ['GBP', 'Pound sterling', 2, 1.15], ['SEK', 'Swedish krona', 2, 0.091],
  ['NOK', 'Norwegian krone', 2, 0.085], ['DKK', 'Danish krone', 2, 0.134], ['CHF', 'Swiss franc', 2, 1.07],
  ['CAD', 'Canadian dollar', 2, 0.62], ['AUD', 'Australian dollar', 2, 0.56], ['JPY', 'Japanese yen', 0, 0.0057],
];

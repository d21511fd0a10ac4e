-- A day of the whole company in one table: each show, who listened, what campaigns paid.
SELECT p.day, s.show_id, s.title, s.category, p.plays::BIGINT AS plays, p.hours::DECIMAL(12,2) AS hours,
  coalesce(r.revenue_eur, 0)::DECIMAL(12,2) AS revenue_eur
FROM (SELECT day, show_id, sum(plays) AS plays, sum(hours) AS hours FROM audience.daily_plays GROUP BY ALL) p
JOIN shows.shows s USING (show_id)
LEFT JOIN (SELECT day, show_id, sum(revenue_eur) AS revenue_eur FROM ads.campaign_revenue GROUP BY ALL) r
  ON r.day = p.day AND r.show_id = p.show_id

-- Sells a plan by a payment provider: its price, the provider's number of that price, the payment link, how many devices may
-- read at once, how many days a year readers may pause by themselves. For a new price run it again with the new number: the old
-- one stays, for who pays it still.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'integral'                          AS plan,      -- slug of the plan
	'price_1NrVBvH4x'                   AS price,     -- as the provider names it
	960                                 AS amount,    -- in cents, for one period
	'EUR'                               AS currency,
	'month'                             AS period,    -- month, quarter, year or once
	'https://buy.stripe.com/00g123'     AS payment_url, -- '': readers write instead
	3                                   AS devices,   -- 0: any number
	60                                  AS pause_days -- 0: readers ask for a pause
-- to here ---------------------------------------------------------------------------------------------------------------
;
INSERT INTO plan_price (price, plan_id, currency, amount)
SELECT price, (SELECT id FROM plan WHERE plan.slug = given.plan), currency, amount FROM given;
UPDATE plan SET price_text = '', price_amount = (SELECT amount FROM given), price_currency = (SELECT currency FROM given),
	price_period = (SELECT period FROM given), payment_url = (SELECT payment_url FROM given),
	devices = (SELECT devices FROM given), pause_days = (SELECT pause_days FROM given), offered = 1
WHERE slug = (SELECT plan FROM given);
COMMIT;

SELECT plan.slug, price, amount, currency, payment_url, devices, pause_days FROM plan_price JOIN plan ON plan.id = plan_id
WHERE plan.slug = (SELECT plan FROM given);

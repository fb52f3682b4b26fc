from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.history import History, Kind

CALL_FACTS = ["partner_id", "user_id", "state", "claim_until"]
# The longest rolling limit in any law we know is a month, and none is longer than four
# (`LONGEST_LIMIT`); ladders count their attempts from their first day.
HISTORY_DAYS = 130
# No call counts for longer, however long nobody closed it.
A_DAY_OF_MINUTES = 24 * 60
# Contacts that differ in nothing but their time come as one row: hundreds of thousands
# of rows took longer to hand over than all else to decide.
CONTACTS = """
WITH contact AS (
    SELECT partner_id, started_at AS at,
           CASE mode WHEN 'robot' THEN 'robot_call'
                     WHEN 'voice_message' THEN 'voice_message'
                     ELSE 'call' END AS channel,
           connected OR answered_at IS NOT NULL OR party != 'none'
           OR outcome_id IS NULL AND party IS NULL AS connected,
           party = 'right_party'
           OR outcome_id IS NULL AND party IS NULL AS conversed,
           requested, company_id, direction = 'inbound' AS incoming,
           CEIL(EXTRACT(EPOCH FROM
                COALESCE(ended_at, %(now)s) - started_at) / 60)::int
           AS minutes, local_hour,
           CASE WHEN number = ANY(%(work)s) THEN 'work' ELSE '' END
           AS place,
           outcome_id IN (SELECT id FROM debt_call_outcome
                           WHERE retry_minutes > 0) AS busy
      FROM debt_call
     WHERE partner_id = ANY(%(debtors)s)
       AND state != 'draft'
       AND unreached IS NOT TRUE
       AND started_at > %(since)s
    UNION ALL
    SELECT partner_id, sent_at, channel, FALSE, FALSE, requested,
           company_id, FALSE, 1, NULL,
           CASE WHEN address = ANY(%(work)s) THEN 'work' ELSE '' END,
           FALSE
      FROM debt_message
     WHERE partner_id = ANY(%(debtors)s)
       AND sent_at > %(since)s
)
SELECT partner_id,
       CASE WHEN connected AND NOT incoming THEN local_hour END,
       array_agg(at),
       -- as tools.contact.Contact has them
       channel, COALESCE(connected, FALSE),
       COALESCE(conversed, FALSE), COALESCE(requested, FALSE),
       company_id, incoming, LEAST(GREATEST(minutes, 1), %(longest)s),
       place, COALESCE(busy, FALSE)
  FROM contact
 GROUP BY 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12
"""


class DebtContactFacts(models.AbstractModel):
    """What was done to debtors, by whomever, read for many at once."""

    _inherit = "debt.contact.facts"

    @api.model
    def _open_calls(self, debtors):
        """The calls that are not over with these debtors, whoever's they are.

        :return: dict of ``debt.call`` (superuser) by partner id
        """
        if self.env.context.get("debt_call_logged"):
            # The one that can be open with a debtor has just been ended.
            return {}
        # Superuser: a line that is busy is busy for all companies.
        calls = self.env["debt.call"].sudo()
        theirs = [("partner_id", "in", debtors.ids), ("state", "!=", "done")]
        return {
            call.partner_id.id: call for call in calls.search_fetch(theirs, CALL_FACTS)
        }

    @api.model
    def _contact_history(self, debtors, work=(), since=None):
        """Contacts made with these debtors, in all companies.

        Of a call nobody logged an outcome for, the worst is assumed: that it was a
        conversation. Where the debtor rang us, it is a conversation but no attempt. A
        call that failed before any telephone rang is none either. A message counts
        from the moment it was handed over.

        :param work: numbers that ring at a place of work
        :param datetime since: naive UTC; by default as far back as any limit looks
        :return: two dicts by partner id: `tools.history.History`, and counts of
            answered calls by local hour
        """
        since = since or fields.Datetime.now() - timedelta(days=HISTORY_DAYS)
        rows = self._contact_rows(debtors, work, since)
        groups = defaultdict(list)
        hours = defaultdict(lambda: defaultdict(int))
        for debtor_id, answered_hour, times, *kind in rows:
            groups[debtor_id].append((Kind._make(kind), times))
            if answered_hour is not None:
                hours[debtor_id][answered_hour] += len(times)
        return {debtor_id: History(found) for debtor_id, found in groups.items()}, hours

    @api.model
    def _contact_rows(self, debtors, work, since):
        """The same, as rows of `CONTACTS`."""
        self.env["debt.call"].flush_model()
        self.env["debt.message"].flush_model()
        return self.env.execute_query(
            SQL(
                CONTACTS,
                debtors=debtors.ids,
                longest=A_DAY_OF_MINUTES,
                since=since,
                now=fields.Datetime.now(),
                work=list(work),
            )
        )

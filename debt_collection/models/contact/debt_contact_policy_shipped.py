import hashlib
from collections import defaultdict

from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules.module import Manifest
from odoo.orm.models import MAGIC_COLUMNS
from odoo.tools import file_open
from odoo.tools.convert import xml_import

ADDON = "debt_collection"
FILES = "data/contact_policy"
#: Lists of a policy, which are loaded anew as a whole.
LISTS = ("window_ids", "limit_ids", "consent_ids")
#: What is no part of a law: order, bookkeeping, and whose it is.
NO_PART = {
    "sequence",
    "active",
    "company_id",
    "adapted_from_id",
    "counsel_note",
    "note",
}


class DebtContactPolicy(models.Model):
    """The laws as we ship them: an update changes none of yours, and says what is new.

    A shipped policy belongs to the company from the day it is installed. What a later
    release says of the same law is shown beside it, to be taken over or left.
    """

    _inherit = "debt.contact.policy"

    shipped_digest = fields.Char(
        readonly=True,
        copy=False,
        help="Tells whether what is shipped has changed (SHA-256).",
    )
    shipped_changed = fields.Boolean(
        string="Changed by an Update",
        readonly=True,
        copy=False,
        help="An update of this software says something else of this law than what "
        "was installed.",
    )

    attention = fields.Char(string="To Do", compute="_compute_attention")

    @api.depends("is_outdated", "shipped_changed")
    @api.depends_context("lang")
    def _compute_attention(self):
        """What somebody has to look at, in a word or two."""
        for policy in self:
            if policy.shipped_changed:
                policy.attention = self.env._("Changed by an update")
            elif policy.is_outdated:
                policy.attention = self.env._("Outdated")
            else:
                policy.attention = False

    @api.model
    def _note_shipped(self):
        """Mark the policies of which this release says something new; at each update.

        What is shipped for the first time is what stands here already.
        """
        for policy, nodes in self._shipped_nodes().items():
            digest = hashlib.sha256(b"".join(map(_canonical, nodes))).hexdigest()
            if policy.shipped_digest and policy.shipped_digest != digest:
                policy.shipped_changed = True
            if policy.shipped_digest != digest:
                policy.shipped_digest = digest

    @api.model
    def _shipped_nodes(self):
        """The records of our data files that make up each policy that still exists.

        :return: dict of lists of XML nodes by ``debt.contact.policy``
        """
        manifest = Manifest.for_addon(ADDON)
        nodes = defaultdict(list)
        for name in manifest["data"]:
            if name.startswith(FILES):
                with file_open(f"{ADDON}/{name}", "rb") as file:
                    for record in etree.parse(file).iter("record"):
                        nodes[_policy_of(record)].append(record)
        found = {
            self.env.ref(f"{ADDON}.{name}", raise_if_not_found=False): records
            for name, records in nodes.items()
        }
        return {policy: records for policy, records in found.items() if policy}

    def _load_shipped(self):
        """Put this policy back to what is shipped.

        What a law says nothing of, as its order or a company's note, stays.

        :raises UserError: nothing is shipped of it
        """
        self.ensure_one()
        nodes = self._shipped_nodes().get(self)
        if not nodes:
            raise UserError(
                self.env._(
                    "“%(policy)s” is your own: no update says anything of it.",
                    policy=self.name,
                )
            )
        for name in LISTS:
            self[name].unlink()
        root = etree.Element("odoo")
        root.extend(nodes)
        xml_import(self.env, ADDON, None, "init", noupdate=True).parse(root)
        self.invalidate_recordset()

    def _as_shipped(self):
        """What this policy says, as people read it, before and after taking it over.

        :return: two dicts of texts by label
        """
        before = self._in_words()
        with self.env.cr.savepoint() as savepoint:
            self._load_shipped()
            after = self._in_words()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return before, after

    def _in_words(self):
        """What the policy says, by label, in the reader's language."""
        texts = {}
        for name, field in self._fields.items():
            known = field.store and name not in NO_PART and name not in MAGIC_COLUMNS
            if not known or name in LISTS or name.startswith("shipped_"):
                continue
            label = field._description_string(self.env)
            texts[label] = self._value_text(field)
        version = self.env["debt.contact.policy.version"].new(
            {"content": self._version_content()}
        )
        texts[self.env._("Hours, Limits, Consents")] = "\n".join(version._sentences())
        clauses = [line.clause for name in LISTS for line in self[name] if line.clause]
        texts[self.env._("Clauses")] = "\n".join(dict.fromkeys(clauses))
        return texts

    def _value_text(self, field):
        value = self[field.name]
        match field.type:
            case "boolean":
                return self.env._("Yes") if value else ""
            case "selection":
                return dict(field._description_selection(self.env)).get(value, "")
            case "many2many" | "one2many" | "many2one":
                return ", ".join(value.mapped("display_name"))
        return str(value or "")

    def action_compare_shipped(self):
        """Show what the update says of this law beside what stands here."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the Update Says"),
            "res_model": "debt.contact.policy.update",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_policy_id": self.id},
        }


def _canonical(node):
    """The same bytes for the same record, however it is laid out."""
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    for one in copy.iter():
        one.text = " ".join((one.text or "").split())
        one.tail = None
    return etree.tostring(copy, method="c14n")


def _policy_of(record):
    """The name of the policy that a record of a data file belongs to."""
    parent = record.find("field[@name='policy_id']")
    return record.get("id") if parent is None else parent.get("ref")

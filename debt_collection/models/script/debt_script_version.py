from odoo import models


class DebtScript(models.Model):
    _inherit = "debt.script"

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for script, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(script)s (copy)", script=script.name)
        return vals_list

    def copy(self, default=None):
        """Copy with all steps, the answers leading to the copied steps."""
        copies = super().copy(default)
        for script, copy in zip(self, copies, strict=True):
            script._copy_answers(copy)
        return copies

    def _copy_answers(self, copy):
        # The steps were copied in the order of their ids.
        pairs = zip(self.step_ids.sorted("id"), copy.step_ids.sorted("id"), strict=True)
        twins = dict(pairs)
        for step, twin in twins.items():
            for answer in step.answer_ids:
                answer.copy(
                    {
                        "step_id": twin.id,
                        "next_step_id": twins.get(
                            answer.next_step_id, twin.browse()
                        ).id,
                    }
                )

    def action_new_version(self):
        """Open a draft in which this script can be changed; at most one at a time."""
        self.ensure_one()
        family = self._family()
        draft = family.filtered(lambda script: script.state == "draft")[:1]
        return (draft or self._new_version(family))._action_form()

    def _new_version(self, family):
        draft = self.copy(
            {
                "name": self.name,
                "version": max(family.mapped("version")) + 1,
                "origin_id": (self.origin_id or self).id,
            }
        )
        # A name that is given is copied in one language only.
        for lang, _name in self.env["res.lang"].get_installed():
            draft.with_context(lang=lang).name = self.with_context(lang=lang).name
        return draft

    def action_put_to_use(self):
        """Use this version from the next call on; the former one is replaced by it.

        :raises UserError: the check has found errors
        """
        self._check_or_refuse()
        for script in self:
            script._replace_former(script._family() - script)
            script._set_state("in_use", active=True)
        if warnings := [text for script in self for text in script._check_warnings()]:
            return self._notify("warning", "\n".join(warnings))
        return None

    def _set_state(self, state, active):
        self.check_access("write")
        # Superuser: the state is not written by hand; the script has been checked.
        self.sudo().write({"state": state, "active": active})

    def _replace_former(self, others):
        """Former versions are chosen no more; past calls are still told by them."""
        former = others.filtered(lambda script: script.state == "in_use")
        former._set_state("replaced", active=False)
        # A stage that had chosen a former version has chosen this script.
        stages = self.env["debt.stage"].search([("script_id", "in", others.ids)])
        stages.script_id = self

    def action_versions(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %(script)s", script=self.name),
            "res_model": "debt.script",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self._family().ids)],
            "context": {"active_test": False},
        }

    def action_preview(self):
        """Walk through the script as an operator would."""
        self.ensure_one()
        preview = self.env["debt.script.preview"].create({"script_id": self.id})
        return preview._action_open()

    def _action_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "debt.script",
            "res_id": self.id,
            "views": [(False, "form")],
        }

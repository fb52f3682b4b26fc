import {RadioField, radioField} from "@web/views/fields/radio/radio_field";
import {useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {getFieldDomain} from "@web/model/relational_model/utils";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {useSpecialData} from "@web/views/fields/relational_utils";

/**
 * A radio field drawn as buttons, for people who keep their hands on the keyboard.
 * Each button shows its key, which is pressed together with Alt:
 *
 * - `hotkeys`: one key per item, in their order ("123456789" numbers them);
 * - `hotkey_field`: a field of the chosen model that holds the item's key;
 * - `shift`: Shift is pressed as well, which leaves the plain keys to others;
 * - `hotkey`: a key that leads to the group, where Tab and the arrow keys go on;
 * - `leads_on`: the cursor goes to what a choice asks for, in the same section: fields
 *   of the class `o_debt_asked`. (Not required ones: half a form can be kept as well.)
 */
export class DebtChoiceField extends RadioField {
    static template = "debt_collection.DebtChoiceField";
    static props = {
        ...RadioField.props,
        hotkey: {type: String, optional: true},
        hotkeys: {type: String, optional: true},
        hotkeyField: {type: String, optional: true},
        shift: {type: Boolean, optional: true},
        leadsOn: {type: Boolean, optional: true},
    };

    setup() {
        super.setup();
        this.root = useRef("root");
        this.hotkeyService = useService("hotkey");
        if (this.type === "many2one") {
            this.specialData = useSpecialData((orm, props) => this.load(orm, props));
        }
        // Registered rather than written into the DOM: these keys go before those of
        // the menus, and hold while something is typed elsewhere.
        useEffect(
            () => this.listen(),
            () => [this.props.readonly, JSON.stringify(this.keyed())]
        );
        let before = this.value;
        useEffect(
            (value) => {
                if (this.props.leadsOn && value && value !== before) {
                    // The fields it asks for are drawn in the same moment.
                    browser.setTimeout(() => this.focusMissing());
                }
                before = value;
            },
            () => [this.value]
        );
    }

    focusMissing() {
        const section = this.root.el?.closest("section");
        const asked = section?.querySelectorAll(".o_debt_asked :is(input, textarea)");
        [...(asked || [])].find((input) => !input.value)?.focus();
    }

    async load(orm, {record, name, domain, hotkeyField}) {
        const {records} = await orm.call(
            record.fields[name].relation,
            "web_search_read",
            [],
            {
                specification: {
                    display_name: 1,
                    ...(hotkeyField ? {[hotkeyField]: 1} : {}),
                },
                domain: getFieldDomain(record, name, domain),
            }
        );
        return records.map((one) => [one.id, one.display_name, one[hotkeyField]]);
    }

    /** Pairs of a key and its item. */
    keyed() {
        return this.items
            .map((item, index) => [this.hotkeyOf(item, index), item])
            .filter(([key]) => key);
    }

    hotkeyOf(item, index) {
        return (item[2] || this.props.hotkeys?.[index] || "").toLowerCase();
    }

    hintOf(item, index) {
        return (this.props.shift ? "⇧" : "") + this.hotkeyOf(item, index).toUpperCase();
    }

    listen() {
        if (this.props.readonly) {
            return;
        }
        const modifiers = this.props.shift ? "alt+shift" : "alt";
        const removers = this.keyed().map(([key, item]) =>
            this.hotkeyService.add(`${modifiers}+${key}`, () => this.onChange(item), {
                bypassEditableProtection: true,
                isAvailable: () => this.root.el?.offsetParent !== null,
            })
        );
        return () => removers.forEach((remove) => remove());
    }

    /** Alt+hotkey clicks the group itself: go to what is chosen, else to the first. */
    onClickGroup(ev) {
        if (ev.target !== ev.currentTarget) {
            return;
        }
        const radio =
            this.root.el.querySelector("input:checked") ||
            this.root.el.querySelector("input");
        radio?.focus();
    }
}

export const debtChoiceField = {
    ...radioField,
    component: DebtChoiceField,
    displayName: _t("Choice"),
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...radioField.extractProps(fieldInfo, dynamicInfo),
        hotkey: fieldInfo.options.hotkey,
        hotkeys: fieldInfo.options.hotkeys,
        hotkeyField: fieldInfo.options.hotkey_field,
        shift: fieldInfo.options.shift,
        leadsOn: fieldInfo.options.leads_on,
    }),
};

registry.category("fields").add("debt_choice", debtChoiceField);

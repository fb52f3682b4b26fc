import {RadioField, radioField} from "@web/views/fields/radio/radio_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useRef} from "@odoo/owl";

/**
 * A radio field drawn as buttons, for people who keep their hands on the keyboard:
 * Tab and the arrow keys as in every radio group, and Alt with a letter to choose an
 * item (`hotkeys`, one letter per item) or to go to the group (`hotkey`).
 */
export class DebtChoiceField extends RadioField {
    static template = "debt_collection.DebtChoiceField";
    static props = {
        ...RadioField.props,
        hotkey: {type: String, optional: true},
        hotkeys: {type: String, optional: true},
    };

    setup() {
        super.setup();
        this.root = useRef("root");
    }

    hotkeyOf(index) {
        return this.props.hotkeys?.[index];
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
    }),
};

registry.category("fields").add("debt_choice", debtChoiceField);

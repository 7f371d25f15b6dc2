"""Settings out of several places: presets, files, what a model brings along, and the command line.

A schema knows a frozen dataclass of settings, each field of which says in its metadata which scripts have it as a flag;
it makes objects of that class out of layers, reads them from JSON, and writes them.
"""

import copy
import dataclasses
import json
import logging
import sys
from collections.abc import Mapping

from ocr.errors import InputError
from ocr.files.json_text import parse_json
from ocr.files.regular_file import read_regular
from ocr.terminal.flags import Names, as_text, given_names, meanings, parse_flags
from ocr.terminal.name_lists import joined_names

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Origin:
    """Where the values of settings come from: the script, and those that were typed or stand in a file."""

    script: str | None = None
    typed: dict = dataclasses.field(default_factory=dict)
    in_file: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class FileOnly:
    """Settings that only files have: pairs (name, value) in one field, over a set that another field names.

    Attributes:
        field: of the pairs.
        names: their names.
        of_set: field that names the set; a layer that gives it brings its own pairs.
        group: of all of them.
    """

    field: str
    names: Mapping
    of_set: str
    group: str


@dataclasses.dataclass(frozen=True)
class Schema:
    """A dataclass of settings, and what there is to say of them.

    Attributes:
        kind: the dataclass; it has a field `origin`, an Origin, and fields `preset` and `config_path`.
        sections: {key in a field's metadata: title in --help}, in their order.
        presets: {name: {setting: default}}.
        renamed: {old name: name}; as flags, old names are still taken, with a warning.
        revalued: {old name: (name, {old value: value})} of files.
        retired: {name: its value for ever} of settings of earlier versions that are constants now.
        replaced: {name: what to do instead} of flags that are gone, where no value says it.
        file_only: FileOnly.
    """

    kind: type
    sections: dict
    presets: dict
    renamed: dict
    revalued: dict
    retired: dict
    replaced: dict
    file_only: FileOnly

    @property
    def fields(self):
        """{name: field} of the settings."""
        return {field.name: field for field in dataclasses.fields(self.kind) if field.metadata}

    def parse(self, argv=None, script=None, description=None):
        """Settings from the command line.

        Precedence: the preset's defaults < the script's < the file of --config_path < command line; what the command
        line overrides of the file is logged.

        Args:
            argv: arguments, or None for those of the process.
            script: which script asks, whose flags are taken and no others; None: all of them.
            description: what --help says first.

        Raises:
            InputError: an unknown flag, a flag of another script, a wrong type or an illegal value.
        """
        argv = self._with_new_names(sys.argv[1:] if argv is None else argv)
        for name in given_names(argv):
            self._check_flag(name, script)
        typed = parse_flags(self._help_groups(script, argv), argv, description)
        several = (name for name in typed if script in self.fields[name].metadata['several'])
        typed |= {name: joined_names(typed[name]) for name in several}
        origin = Origin(script, typed, self._read_file(typed.get('config_path', '')))
        settings = self._merged(origin, {})
        _tell_overrides(settings, origin.in_file)
        return settings

    def merged(self, origin, stored):
        """Settings of an Origin over those that a model brings along; logs what command line and model override."""
        settings = self._merged(origin, stored)
        _tell_overrides(settings, stored)
        self._tell_kept(origin, stored)
        return settings

    def _merged(self, origin, stored):
        brought = self._layered(origin.in_file, stored)
        preset = origin.typed.get('preset', brought.get('preset', next(iter(self.presets))))
        base = self._layered(self.presets.get(preset, {}), self._of_script(origin.script), brought)
        return self.kind(**{**self._layered(base, origin.typed), 'preset': preset, 'origin': origin})

    def _tell_kept(self, origin, stored):
        """Log what the file of settings gives otherwise than the model, which goes before it."""
        in_file, brought = self._flat(origin.in_file), self._flat(stored)
        kept = [
            f'{name} {as_text(brought[name])}'
            for name, value in in_file.items()
            if brought.get(name, value) != value and name not in origin.typed
        ]
        if kept:
            path = origin.typed['config_path']
            logger.info('%s: the model keeps its own %s; flags would change that', path, ', '.join(kept))

    def _flat(self, layer):
        """{name: value} of a layer, also of the settings that only files have."""
        pairs = dict(layer.get(self.file_only.field, ()))
        return {name: value for name, value in layer.items() if name != self.file_only.field} | pairs

    def to_json(self, settings, groups):
        """JSON text of the settings of some groups."""
        fields = self.fields.items()
        values = {name: getattr(settings, name) for name, field in fields if field.metadata['group'] in groups}
        if self.file_only.group in groups:
            values |= dict(getattr(settings, self.file_only.field))
        return json.dumps(values, indent=1, ensure_ascii=False) + '\n'

    def restorable(self, text, groups, where):
        """Settings of the given groups out of JSON text, as keyword arguments.

        Raises:
            InputError: the text is no such JSON, has a key that is no setting or an illegal value.
        """
        fields, special = self.fields, self.file_only
        try:
            values = self.with_new_names(dict(parse_json(text).items()))
        except (ValueError, AttributeError) as error:
            raise InputError(f'{where}: not a configuration ({error}); was it edited by hand?') from None
        if unknown := sorted(values.keys() - fields.keys() - self.retired.keys() - special.names.keys()):
            raise InputError(f'{where}: unknown setting {", ".join(unknown)}; was it written by a newer version?')
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        self._report_retired(values, groups, where)
        restored = {
            name: values[name] for name in values if name in fields and fields[name].metadata['group'] in groups
        }
        pairs = tuple((name, values[name]) for name in special.names if name in values)
        if pairs and special.group in groups:
            restored[special.field] = pairs
        try:
            self.kind(**restored)
        except InputError as error:
            raise InputError(f'{where}: {error}; was it edited by hand?') from None
        return restored

    def with_new_names(self, values):
        """Stored settings under the names of today."""
        values = {self.renamed.get(name, name): value for name, value in values.items()}
        for old in self.revalued.keys() & values.keys():
            name, meanings = self.revalued[old]
            value = values.pop(old)
            values.setdefault(name, meanings[value] if isinstance(value, bool) else value)
        return values

    def _report_retired(self, values, groups, where):
        """Warn of values that are ignored; not of those for training if only the model's settings are needed."""
        for name, constant in self.retired.items() if set(groups) - {'model'} else ():
            if values.get(name, constant) != constant:
                always = self.replaced.get(name, f'it is always {self._constant(name)}')
                logger.warning('%s: %s %s is ignored, %s', where, name, as_text(values[name]), always)

    def _constant(self, name):
        """A retired setting's value as it would be typed."""
        return as_text(self.retired[name]) or 'false'

    def _check_flag(self, name, script):
        """InputError for a flag that is no flag of the script, with what there is to do."""
        fields = self.fields
        if script and name in fields and script not in fields[name].metadata['scripts']:
            raise InputError(f'--{name} is a setting of {_in_words(fields[name].metadata["scripts"])}; leave it out')
        if name in self.retired or name in self.revalued:
            instead = self.replaced.get(name) or f'it is always {self._constant(name)}; leave it out'
            raise InputError(f'--{name} is no longer a setting: {instead}')
        if name in self.file_only.names:
            of_set = self.file_only.of_set
            scripts = fields[of_set].metadata['scripts']
            if script and script not in scripts:
                raise InputError(f'--{name} belongs to --{of_set}, a setting of {_in_words(scripts)}; leave it out')
            raise InputError(f'--{name}: choose a set with --{of_set}, or write "{name}" into a file for --config_path')

    def _with_new_names(self, argv):
        """Arguments with the old names of flags under their new names; says so."""
        renamed = []
        for part in argv:
            name, equals, value = part.partition('=')
            if name.startswith('--') and (new := self.renamed.get(name[2:].replace('-', '_'))):
                logger.warning('%s is now --%s; the old name will be removed in the next version', name, new)
                part = f'--{new}{equals}{value}'
            renamed.append(part)
        return renamed

    def _help_groups(self, script, argv):
        """Flags of a script by the titles of --help, with the defaults of the preset that the arguments name."""
        texts, groups = meanings(self.kind), {title: [] for title in self.sections.values()}
        typed = '='.join(argv).replace(' ', '=')
        preset = next((preset for preset in self.presets if f'--preset={preset}' in typed), next(iter(self.presets)))
        defaults = {**self.presets[preset], **self._of_script(script)}
        for name, field in self.fields.items():
            if script is None or script in field.metadata['scripts']:
                default = field.metadata['in_help'].get(script) or as_text(defaults.get(name, field.default))
                flag = _as_list(field) if script in field.metadata['several'] else field
                groups[self.sections[field.metadata['section']]].append((flag, texts[name], default))
        return {title: flags for title, flags in groups.items() if flags}

    def _of_script(self, script):
        """Defaults that are a script's own."""
        found = ((name, field.metadata['by_script']) for name, field in self.fields.items())
        return {name: by_script[script] for name, by_script in found if script in by_script}

    def _layered(self, *layers):
        """Settings, each layer over those before."""
        values, special = {}, self.file_only
        for layer in layers:
            if special.of_set in layer:
                values.pop(special.field, None)
            pairs = {**dict(values.get(special.field, ())), **dict(layer.get(special.field, ()))}
            values |= layer
            if pairs:
                values[special.field] = tuple(pairs.items())
        return values

    def _read_file(self, path):
        """Settings of a JSON file, as keyword arguments; none without a path."""
        if not path:
            return {}
        try:
            text = read_regular(path).decode('utf-8')
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f'--config_path {path}: cannot be read ({error})') from None
        return self.restorable(text, {field.metadata['group'] for field in self.fields.values()}, path)


def _tell_overrides(settings, brought):
    """Log what the command line sets otherwise than a file or a model."""
    for name in settings.origin.typed:
        if name in brought and getattr(settings, name) != brought[name]:
            logger.info('%s: %s -> %s', name, brought[name], getattr(settings, name))


def _as_list(field):
    """A field of text as one whose flag takes several names."""
    flag = copy.copy(field)
    flag.type = Names
    return flag


def _in_words(scripts):
    """'train.py and eval.py' of names of scripts."""
    names = [f'{script}.py' for script in scripts]
    return names[0] if len(names) == 1 else f'{", ".join(names[:-1])} and {names[-1]}'

"""Every hostile way, and by which reader of `recover.py` or `dig.py` its secrets can be got back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

from bench.hostile import carriers, cover, dig, letters, marks, paths, pictures, pixels, recover, revisions, stowed
from bench.hostile.form import Form
from bench.hostile.recover import Reader

Make = Callable[[Form], bytes]

_READERS: dict[ModuleType, str] = {
    cover: "text",
    letters: "text",
    pictures: "pictures",
    pixels: "pixels",
    carriers: "strings",
    marks: "text",
    revisions: "stored",
    paths: "shapes",
    stowed: "files",
}
"""What reads most cases of a module; the others are named in `_OTHERS`."""
_OTHERS: dict[Make, str] = {
    cover.form_object_never_drawn: "undrawn_text",
    cover.form_object_in_a_layer_switched_off: "undrawn_text",
    cover.text_in_a_pattern: "undrawn_text",
    cover.text_in_a_soft_mask: "undrawn_text",
    cover.type3_glyph_that_says_it: "undrawn_text",
    letters.font_without_unicode: "uncovered",
    letters.font_with_a_wrong_unicode: "uncovered",
    letters.permuted_unicode: "uncovered",
    letters.type3_font_of_outlines: "uncovered",
    letters.full_width_digits_in_a_title: "strings",
    letters.look_alikes_in_a_bookmark: "strings",
    letters.values_with_spaces_between: "strings",
    letters.visible_as_a_scan: "pixels",
    pictures.comment_in_the_jpeg: "stored",
    pictures.profile_with_text: "stored",
    pictures.strips_under_boxes: "pieces",
    pictures.strips_never_drawn: "pieces",
    pictures.picture_in_pieces_and_off_the_page: "pieces",
    pictures.palette_of_one_colour: "samples",
    pictures.palette_of_one_colour_never_drawn: "samples",
    pictures.picture_decoded_to_white: "samples",
    pictures.colour_that_is_never_printed: "samples",
    pictures.lower_half_of_the_samples: "samples",
    pictures.rows_below_the_last_one: "samples",
    pictures.picture_drawn_inside_a_form_object_never_drawn: "samples",
    pictures.picture_drawn_inside_a_glyph: "samples",
    pictures.tiff_thumbnail_in_the_jpeg: "files",
    paths.scan_under_letters: "pictures",
    stowed.hexadecimal_digits_with_blanks: "written",
    stowed.escaped_bytes_of_another_encoding: "written",
    stowed.escaped_replacement_text_on_the_page: "written",
    stowed.references_in_the_xmp: "written",
    stowed.references_in_rich_text: "written",
    stowed.runs_of_one_byte_each: "stored",
    stowed.four_bytes_a_character: "stored",
    stowed.packed_and_cut_off: "stored",
    stowed.name_in_another_encoding: "written",
    pixels.transparent_marker: "text",
    pixels.pixelated: "guessed",
    pixels.blurred: "guessed",
    carriers.xmp: "stored",
    carriers.xmp_of_a_picture: "stored",
    carriers.attachment: "stored",
    carriers.associated_file: "stored",
    carriers.portfolio: "stored",
    carriers.xfa: "stored",
    carriers.script: "stored",
    carriers.private_data_of_a_program: "stored",
    carriers.replacement_text_on_the_page: "stored",
    carriers.comment_in_the_page: "stored",
    marks.note: "strings",
    marks.hidden_note_with_its_pop_up: "strings",
    marks.overlay_text_of_an_applied_redaction: "strings",
    marks.appearance_never_shown: "undrawn_text",
    marks.sound: "stored",
    marks.rich_media: "stored",
    marks.file_on_the_page: "stored",
    revisions.older_revision: "earlier_text",
    revisions.page_swapped_by_an_update: "earlier_text",
    revisions.encrypted_without_a_password: "text",
    revisions.linearised_and_updated: "earlier_text",
}
_IN_THE_CLEAR: tuple[Make, ...] = (
    letters.visible_and_turned,
    letters.visible_and_upside_down,
    letters.visible_and_mirrored,
    letters.visible_one_below_the_other,
    letters.visible_and_small,
    letters.visible,
    letters.visible_as_a_scan,
    pictures.mask_drawn_under_the_picture,
    pictures.picture_on_a_page_too_large_to_see,
    pixels.mask_too_short,
)

READERS: dict[str, Reader] = {
    each.__name__: each
    for each in (
        *(recover.text, recover.undrawn_text, recover.strings, recover.stored, recover.earlier_text, recover.pictures),
        *(recover.pixels, recover.uncovered, recover.guessed, recover.seen),
        *(dig.files, dig.samples, dig.pieces, dig.shapes, dig.written),
    )
}


@dataclass(frozen=True, slots=True)
class Case:
    """One way of hiding badly. `reader` is one of READERS that gets the values back."""

    group: str
    make: Make = field(repr=False)
    reader: str

    @property
    def name(self) -> str:
        return self.make.__name__

    @property
    def is_in_the_clear(self) -> bool:
        """Whether whoever looks at the page reads the values."""
        return self.make in _IN_THE_CLEAR


def _of(module: ModuleType) -> tuple[Case, ...]:
    """The module's own public functions that take a form and nothing else, in the order in which they are written."""
    group = module.__name__.rsplit(".", 1)[1]
    made = [each for name, each in vars(module).items() if callable(each) and not name.startswith("_")]
    own = [
        each
        for each in made
        if getattr(each, "__module__", "") == module.__name__ and [*each.__annotations__] == ["form", "return"]
    ]
    return tuple(Case(group, each, _OTHERS.get(each, _READERS[module])) for each in own)


CASES: tuple[Case, ...] = tuple(case for module in _READERS for case in _of(module))

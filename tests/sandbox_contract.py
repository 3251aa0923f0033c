"""import-linter's contract for stand-ins: one misreading of a vendor's page must not sit on both sides of a call."""

import re

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

STAND_IN = re.compile(r"^.+?[._]sandbox(?=\.|$)")


class SandboxContract(Contract):
    """A module or package named ``sandbox`` or ``…_sandbox`` imports, of this project, only itself and ``allowed``."""

    allowed = fields.SetField(subfield=fields.StringField())
    exempt = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = []
        for module in sorted(graph.modules - self.exempt - self.allowed):
            if found := STAND_IN.match(module):
                imported = graph.find_modules_directly_imported_by(module)
                strangers = {name for name in imported if not f"{name}.".startswith(f"{found[0]}.")} - self.allowed
                broken += [f"{module} imports {name}" for name in sorted(strangers)]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)

using System.CommandLine;

namespace Quorate.Cli;

/// <summary><c>quorate audit</c>: what an auditor does with files, on a machine that has nothing else of ours.</summary>
static class AuditCommand
{
    internal static Command Create() => new("audit", "Check what was recorded, without the system that recorded it.")
    {
        AuditExportCommand.Create(), AuditVerifyCommand.Create(),
        AuditReceiptCommand.Create(),
    };
}

using System.CommandLine;
using System.Text;
using Quorate.Policies;

namespace Quorate.Cli.Ceremonies;

/// <summary><c>quorate ceremony approve</c>: an administrator's signature on an order.</summary>
static class ApproveCommand
{
    internal static Command Create()
    {
        var order = new Argument<FileInfo>("ORDER") { Description = "The order." };
        var device = new Option<FileInfo>("--device-key") { Description = "The administrator's device key, as `quorate device new` made it.", Required = true };
        var target = new Option<FileInfo>("--out") { Description = "The new file with the approval.", Required = true };
        var command = new Command("approve",
            """
            Approve an order with a device key. Prints what is signed: read it, and compare the hash with the other
            administrators. The key ids in an order are what a node that joins or has lost everything goes by.

            Example:
              quorate ceremony approve order.json --device-key alice.device.json --out alice.approval.json
            """)
        {
            order, device, target, Passphrase.FileOption,
        };
        command.SetAction(parsed =>
        {
            var document = PolicyFile.ReadOrder(parsed.GetValue(order)!.FullName);
            var (path, name) = (parsed.GetValue(target)!.FullName, parsed.GetValue(device)!.FullName);
            var file = DeviceFile.Read(name);
            using var key = file.Open(name, () => Passphrase.Read(parsed, isNew: false));
            var approval = new Approval.Signature(file.Member, file.Device, key.Sign(ApprovalSet.MessageFor(document.Hash)));
            PrivateFile.Write(path, Encoding.UTF8.GetString(ApprovalJson.Write([approval])));
            Console.Error.WriteLine(Encoding.UTF8.GetString(document.Canonical.Span));
            Console.WriteLine($"{document}\napproved  by {file.Member} with {file.Device}: {path}");
        });
        return command;
    }
}

using System.CommandLine;
using System.Text;
using Quorate.Policies;

namespace Quorate.Cli.Ceremonies;

/// <summary>An administrator's signature on something that is read before: <c>quorate ceremony approve</c>, <c>quorate act approve</c>.</summary>
static class ApproveCommand
{
    internal static Option<FileInfo> DeviceKey { get; } = new("--device-key")
    {
        Description = "The administrator's device key, as `quorate device new` made it.", Required = true,
    };

    /// <summary>What is approved: what is signed, what is shown of it, and what it is called.</summary>
    internal readonly record struct Subject(Digest Hash, ReadOnlyMemory<byte> Canonical, string Name);

    internal static Command Create() => Create("ORDER", "The order.",
        """
        Approve an order with a device key. Prints what is signed: read it, and compare the hash with the other
        administrators. The key ids in an order are what a node that joins or has lost everything goes by.

        Example:
          quorate ceremony approve order.json --device-key alice.device.json --out alice.approval.json
        """, path => PolicyFile.ReadOrder(path) is var order ? new(order.Hash, order.Canonical, $"{order}") : default);

    internal static Command Create(string argument, string what, string description, Func<string, Subject> read)
    {
        var file = new Argument<FileInfo>(argument) { Description = what };
        var target = new Option<FileInfo>("--out") { Description = "The new file with the approval.", Required = true };
        var command = new Command("approve", description) { file, DeviceKey, target, Passphrase.FileOption };
        command.SetAction(parsed =>
        {
            var subject = read(parsed.GetValue(file)!.FullName);
            var path = parsed.GetValue(target)!.FullName;
            var approval = Sign(parsed, subject.Hash);
            PrivateFile.Write(path, Encoding.UTF8.GetString(ApprovalJson.Write([approval])));
            Console.Error.WriteLine(Encoding.UTF8.GetString(subject.Canonical.Span));
            Console.WriteLine($"{subject.Name}\napproved  by {approval.Member} with {approval.Device}: {path}");
        });
        return command;
    }

    /// <summary>The approval that the device key makes; asks for its passphrase where it is sealed.</summary>
    internal static Approval Sign(ParseResult parsed, Digest hash)
    {
        var name = parsed.GetValue(DeviceKey)!.FullName;
        var file = DeviceFile.Read(name);
        using var key = file.Open(name, () => Passphrase.Read(parsed, isNew: false));
        return file.Approve(key, hash);
    }
}

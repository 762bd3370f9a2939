using System.CommandLine;
using Quorate.Cli.Ceremonies;

namespace Quorate.Cli.Api;

/// <summary><c>quorate profile</c>: where the API is, once and for all commands.</summary>
static class ProfileCommand
{
    internal static Command Create()
    {
        var api = new Option<string>("--api") { Description = "The API's address for gRPC: https://wallet.example.org:7080.", Required = true };
        var keyId = new Option<string>("--key-id") { Description = "The API key's id: key_…", Required = true };
        var keyFile = new Option<FileInfo>("--api-key") { Description = "The device file that signs requests and approvals. It stays where it is.", Required = true };
        var pin = new Option<string?>("--pin") { Description = "The key that the API has to show, where no authority vouches for it: sha256/ and base 64." };
        var target = new Option<FileInfo?>("--out") { Description = $"The new file; {Profile.Own} when absent." };
        var set = new Command("set",
            """
            Write a profile. It has no secret in it. Never overwrites.

            Example:
              quorate profile set --api https://wallet.example.org:7080 --key-id key_… --api-key alice.device.json
            """)
        {
            api, keyId, keyFile, pin, target,
        };
        set.SetAction(parsed =>
        {
            var path = parsed.GetValue(target)?.FullName ?? Profile.Own;
            DeviceFile.Read(parsed.GetValue(keyFile)!.FullName);
            var profile = new Profile
            {
                Format = Profile.CurrentFormat, Api = parsed.GetValue(api)!, KeyId = parsed.GetValue(keyId)!, KeyFile = parsed.GetValue(keyFile)!.FullName, Pin = parsed.GetValue(pin),
            };
            PrivateFile.Write(path, profile.ToJson());
            Console.WriteLine($"profile  {path}");
        });
        return new("profile",
            """
            Where the wallet server's API is and who asks it, so that other commands need not be told.

            Example:
              quorate profile set --api https://wallet.example.org:7080 --key-id key_… --api-key alice.device.json
              quorate key whoami
            """)
        {
            set,
        };
    }
}

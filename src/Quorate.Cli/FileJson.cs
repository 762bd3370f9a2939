using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Quorate.Cli.Acts;
using Quorate.Cli.Api;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Devnet;
using Quorate.Cli.Local;
using Quorate.Cli.Node;
using Quorate.Cli.Server;

namespace Quorate.Cli;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ShareFile))]
[JsonSerializable(typeof(KeyFile))]
[JsonSerializable(typeof(SignCommand.Result), TypeInfoPropertyName = "SignResult")]
[JsonSerializable(typeof(KeygenCommand.Result), TypeInfoPropertyName = "KeygenResult")]
[JsonSerializable(typeof(AuditVerifyCommand.Result), TypeInfoPropertyName = "AuditVerifyResult")]
[JsonSerializable(typeof(AuditReceiptCommand.Result), TypeInfoPropertyName = "AuditReceiptResult")]
[JsonSerializable(typeof(VaultSummary))]
[JsonSerializable(typeof(DevnetState))]
[JsonSerializable(typeof(NodeConfiguration))]
[JsonSerializable(typeof(DeviceFile))]
[JsonSerializable(typeof(ActFile))]
[JsonSerializable(typeof(ServerConfiguration))]
[JsonSerializable(typeof(LocalProfile))]
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(JsonObject))]
sealed partial class FileJson : JsonSerializerContext;

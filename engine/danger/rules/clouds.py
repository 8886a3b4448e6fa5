"""Clouds: aws, gcloud, az and the smaller ones, their object stores, and platforms that run applications."""

from __future__ import annotations

from ..rule import Rule, Tool

AWS = "aws|awslocal|aws2"
GCLOUD = "gcloud"
STACKS = "openstack|doctl|linode-cli|oci|ibmcloud|hcloud|scw|exo|vultr-cli|upctl|civo|aliyun|tccli|yc|ovhcloud|metal|nova|cinder|neutron|glance|keystone"
STORES = "s3cmd|s5cmd|b2|mc|minio-client|azcopy|swift|ossutil"
HEROKU = "heroku|scalingo|dokku"
FLY = "fly|flyctl"
SITES = "vercel|netlify|wrangler|firebase|amplify|sam|serverless|sls|copilot|eb|railway|render|supabase|pscale|neonctl|okteto|ntl|fastly|flarectl|akamai|cloudflared"
SERVICES = "atlas|confluent|ccloud|avn|temporal|tctl|cloud-platform|ngc|databricks|snow|astro|planetscale"

TOOLS: tuple[Tool, ...] = (
    Tool(
        AWS,
        "--profile --region --output --endpoint-url --query --ca-bundle --cli-input-json --cli-input-yaml --color "
        "--cli-read-timeout --cli-connect-timeout --page-size --max-items --starting-token --cli-binary-format "
        "--generate-cli-skeleton --filters --filter --instance-ids --instance-id --db-instance-identifier "
        "--db-cluster-identifier --db-snapshot-identifier --bucket --key --table-name --function-name --queue-url --stack-name "
        "--name --names --id --ids --group-id --group-name --group-ids --repository-name --cluster-name --cluster --service "
        "--services --user-name --role-name --policy-arn --policy-name --policy-document --volume-id --snapshot-id "
        "--auto-scaling-group-name --secret-id --desired-count --desired-capacity --min-size --max-size --min-capacity "
        "--max-capacity --task-definition --task --tasks --cidr --ip-permissions --protocol --port --hosted-zone-id "
        "--change-batch --acl --grant-read --policy --principal --document-name --targets --parameters --parameter --comment "
        "--key-id --pending-window-in-days --invocation-type --payload --reserved-concurrent-executions --status "
        "--scaling-config --nodegroup-name --distribution-id --paths --log-group-name --log-stream-name --start-time "
        "--end-time --filter-pattern --retention-in-days --exclude --include --storage-class --sse --content-type "
        "--cache-control --metadata --expires-in --target-group-arn --load-balancer-name --load-balancer-arn --alias --arn "
        "--resource-arn --alarm-names --allocation-id --association-id --image-id --image-ids --access-key-id --serial-number "
        "--topic-arn --message --message-body --receipt-handle --statement-id --action --version --capabilities "
        "--template-file --template-body --parameter-overrides --change-set-name --backup-retention-period "
        "--master-user-password --public-access-block-configuration --versioning-configuration --lifecycle-configuration "
        "--time-to-live-specification --point-in-time-recovery-specification --state --rule --volume-type --size --device "
        "--network-interface-id --route-table-id --destination-cidr-block --vpc-id --subnet-id --rule-action "
        "--replication-group-id --cache-cluster-id --db-cluster-snapshot-identifier --launch-template-name --key-name "
        "--tag-specifications --tags --resources --resource-id --count --instance-type --security-group-ids --attribute "
        "--operation-type --user-ids --group-names --values-to-add --attribute-name --item --sql --cluster-identifier "
        "--target --job-id --pipeline-name --environment-name --resources-vpc-config --node-group-name --since --format",
    ),
    Tool(
        "eksctl",
        "-f --config-file -n --name --cluster -r --region -p --profile --nodegroup --nodes -N --nodes-min --nodes-max "
        "--timeout --version --kubeconfig -o --output --arn --username --group --namespace --values --addon",
        has_verbs=True,
    ),
    Tool(
        GCLOUD,
        "--project --zone --region --account --format --filter --limit --sort-by --configuration --impersonate-service-account "
        "--verbosity --cluster --size --num-nodes --node-pool --member --role --source-ranges --allow --rules --direction "
        "--network --subnet --machine-type --image --image-family --image-project --command --ssh-flag --activation-policy "
        "--instance --database --async-id --version --location --keyring --key --secret --data-file --topic --subscription "
        "--metadata --metadata-from-file --tags --labels --update-labels --priority --description --billing-account "
        "--organization --folder --service-account --service --memory --cpu --concurrency --min-instances --max-instances "
        "--set-env-vars --update-env-vars --to-revisions --splits --type --ttl --rrdatas --time --freshness --page-size "
        "--flatten --flags-file --access-token-file --log-http-body --trace-token --instance-group --instance-group-zone "
        "--instances --disk --device-name --quota-project --user --password --backup-id --backup-instance --restore-instance "
        "--ddl --sql --recurse --target-size --network-endpoint-group --database-version --tier --schedule",
    ),
    Tool("gsutil", "-o -h -u -i -x -j"),
    Tool(
        "bq",
        "--project_id --dataset_id --location --format --max_results -n --destination_table --schema --source_format --expiration --job_id",
    ),
    Tool(
        "az",
        "-g --resource-group -n --name --subscription -s -o --output --query --ids --location -l --vm-name --cluster-name "
        "--nodepool-name --node-count -c --new-capacity --assignee --role --scope --account-name --container-name --vault-name "
        "--server --server-name -d --database --method --url --uri --body --headers --endpoint-status --enabled "
        "--enabled-state --default-action --public-access --allow-blob-public-access --access --source-address-prefixes "
        "--destination-port-ranges --start-ip-address --end-ip-address --mode --template-file --parameters --tags --image "
        "--size --admin-username --sku --plan --slot --settings --key --value --file -f --source --destination --pattern "
        "--state --replicas --min-replicas --max-replicas --registry -r --repository --priority --nsg-name --zone-name -z "
        "--record-set-name --ipv4-address --profile-name --endpoint-name --type --workspace --analytics-query --metric "
        "--resource --start-time --end-time --filter --kubernetes-version --max-surge --delete-backup-data "
        "--delete-destination --command --command-id --scripts --lock-type --assignee-object-id --principal-id",
    ),
    Tool(
        STACKS,
        "-o --output --format -c --config --context --project --os-cloud --os-project-name -t --access-token --region --zone -f --filter",
        has_verbs=True,
    ),
    Tool(
        "s3cmd|s5cmd",
        "-c --config --access_key --secret_key --region --host --host-bucket --endpoint-url --exclude --include --profile",
    ),
    Tool(
        "mc|minio-client|azcopy|b2|swift|ossutil",
        "--older-than --newer-than --config-dir --json-at --include-pattern --exclude-pattern --log-level -A -U -K",
    ),
    Tool(
        "cf|cf7|cf8",
        "-o -s -i -k -m -p -b -f -c -d --hostname --path --app-name -X --strategy --command -t --var --vars-file",
    ),
    Tool(HEROKU, "-a --app -r --remote -t --team -s --size --type -n --num -p --process-type", has_verbs=True),
    Tool(
        FLY,
        "-a --app -c --config -o --org -r --region -t --access-token -i --image -e --env --vm-size --vm-memory",
        has_verbs=True,
    ),
    Tool(
        SITES,
        "-c --config --env -e --token --scope -t --team -n --name --stage -s --region -r --profile --project -P --org "
        "--stack-name --template-file --branch --database --site --dir -d --message -m --binding --namespace-id --environment",
        has_verbs=True,
    ),
    Tool(
        SERVICES,
        "-o --output --project --environment --cluster --profile -n --namespace --address -w --workflow_id -r --run_id",
        has_verbs=True,
    ),
)

# fmt: off
RULES: tuple[Rule, ...] = (
    # aws: help, and what is only tried.
    Rule(AWS, "... help $", "safe", "mention", "only prints help", yes=("aws help", "aws ec2 terminate-instances help"), no=("aws ec2 terminate-instances",)),
    Rule(AWS, "* * --generate-cli-skeleton", "safe", "dry_run", "only prints a form to fill in", yes=("aws rds delete-db-instance --generate-cli-skeleton input",), no=("aws rds delete-db-instance",)),
    Rule(AWS, "ec2 * --dry-run !--no-dry-run", "safe", "dry_run", "only asks whether it would be allowed",
         yes=("aws ec2 terminate-instances --instance-ids i-0abc123 --dry-run", "aws ec2 --region eu-west-1 stop-instances --dry-run --instance-ids i-1"),
         no=("aws ec2 terminate-instances --instance-ids i-0abc123", "aws ec2 stop-instances --no-dry-run --instance-ids i-1", "aws rds delete-db-instance --dry-run")),
    Rule(AWS, "s3 * --dryrun", "safe", "dry_run", "only says what it would copy or delete",
         yes=("aws s3 sync ./build s3://www-prod --delete --dryrun", "aws s3 rm s3://b --recursive --dryrun"), no=("aws s3 rm s3://b --recursive", "aws s3 rm s3://b --recursive --dry-run")),
    Rule(AWS, "kms decrypt|encrypt|re-encrypt|sign|verify|create-grant|revoke-grant|retire-grant|generate-* --dry-run", "safe", "dry_run", "only asks whether it would be allowed", id="aws-kms-dry-run",
         yes=("aws kms create-grant --dry-run --key-id k --grantee-principal p --operations Decrypt",), no=("aws kms schedule-key-deletion --key-id k --dry-run",)),
    Rule(AWS, "lambda invoke --invocation-type=DryRun", "safe", "dry_run", "only asks whether it would be allowed", yes=("aws lambda invoke --function-name f --invocation-type DryRun /tmp/out",), no=("aws lambda invoke --function-name f /tmp/out",)),
    Rule(AWS, "cloudformation deploy --no-execute-changeset", "safe", "dry_run", "only makes a change set to look at", yes=("aws cloudformation deploy --stack-name s --template-file t.yml --no-execute-changeset",), no=("aws cloudformation deploy --stack-name s --template-file t.yml",)),

    # aws: secrets that would be printed.
    Rule(AWS, "secretsmanager get-secret-value|batch-get-secret-value|get-random-password", "caution", "credentials", "prints secrets",
         yes=("aws secretsmanager get-secret-value --secret-id prod/db --query SecretString --output text",), no=("aws secretsmanager describe-secret --secret-id prod/db",)),
    Rule(AWS, "ssm get-parameter|get-parameters|get-parameters-by-path|get-parameter-history --with-decryption", "caution", "credentials", "prints secrets",
         yes=("aws ssm get-parameter --name /prod/db --with-decryption",), no=("aws ssm get-parameter --name /prod/url",)),
    Rule(AWS, "ecr|ecr-public|sts|codeartifact|redshift|redshift-serverless|rds|eks|ec2|kms|iam|sso|lightsail|cognito-identity get-login|get-login-password|get-session-token|get-federation-token|get-authorization-token|"
         "get-cluster-credentials*|get-credentials*|generate-db-auth-token|get-token|get-password-data|decrypt|generate-data-key|assume-role*|get-role-credentials|get-instance-access-details",
         "caution", "credentials", "prints or keeps credentials", id="aws-credentials",
         yes=("aws ecr get-login-password --region eu-west-1", "aws sts assume-role --role-arn arn:aws:iam::1:role/ops --role-session-name me", "aws ec2 get-password-data --instance-id i-1 --priv-launch-key k.pem", "aws kms decrypt --ciphertext-blob fileb://x"),
         no=("aws sts get-caller-identity", "aws iam get-role --role-name ops")),
    # aws s3
    Rule(AWS, "s3 ls", "safe", "read_only", "only lists", yes=("aws s3 ls s3://prod-backups/ --recursive --summarize",), no=("aws s3 rm s3://prod-backups/x",)),
    Rule(AWS, "s3 presign", "caution", "credentials", "prints a link that gives access", yes=("aws s3 presign s3://b/k --expires-in 600",), no=("aws s3 ls s3://b",)),
    Rule(AWS, "s3 rm", "dangerous", "data_destruction", "deletes objects", dry_run="+--dryrun",
         yes=("aws s3 rm s3://prod-backups --recursive", "aws s3 rm s3://b/k", "aws --profile prod s3 rm --recursive s3://b/logs/"), no=("aws s3 ls s3://b", "aws s3 cp s3://b/k -")),
    Rule(AWS, "s3 rb", "dangerous", "data_destruction", "deletes a bucket, with --force everything in it",
         dry_run="instead aws s3 ls {operands} --recursive --summarize", grade="approximate", note="lists what is in the bucket",
         yes=("aws s3 rb s3://prod-backups --force",), no=("aws s3 mb s3://new-bucket",)),
    Rule(AWS, "s3 sync --delete", "dangerous", "data_destruction", "deletes what is not at the source", dry_run="+--dryrun",
         yes=("aws s3 sync ./build s3://www-prod --delete", "aws s3 sync --delete s3://a s3://b"), no=("aws s3 sync ./build s3://www-prod",)),
    Rule(AWS, "s3 mv --recursive", "dangerous", "data_destruction", "deletes the objects it moved", dry_run="+--dryrun", yes=("aws s3 mv s3://a s3://b --recursive",), no=("aws s3 mv s3://a/k s3://b/k",)),
    Rule(AWS, "s3 cp|sync|mv --acl=public-*", "dangerous", "privilege", "lets everybody read or write", dry_run="+--dryrun", id="aws-s3-public", yes=("aws s3 cp x.html s3://b/ --acl public-read",), no=("aws s3 cp x.html s3://b/",)),
    Rule(AWS, "s3 cp|sync s3://* !s3://*", "safe", "read_only", "copies objects to here",
         yes=("aws s3 cp s3://prod-logs/2024/01/01/app.log -", "aws s3 cp s3://b/k /tmp/k", "aws s3 sync s3://b/logs ./logs"), no=("aws s3 cp s3://a/k s3://b/k", "aws s3 cp ./k s3://b/k")),
    Rule(AWS, "s3 *", "caution", "config_change", "writes objects or changes a bucket", dry_run="+--dryrun", yes=("aws s3 cp ./k s3://b/k", "aws s3 sync ./build s3://www-prod", "aws s3 mv s3://a/k s3://b/k"), no=("aws s3 ls",)),
    # aws: access.
    Rule(AWS, "iam attach-*-policy --policy-arn=*Administrator*|*PowerUser*|*FullAccess", "dangerous", "privilege", "gives wide access",
         yes=("aws iam attach-role-policy --role-name ci --policy-arn arn:aws:iam::aws:policy/AdministratorAccess", "aws iam attach-user-policy --user-name bob --policy-arn=arn:aws:iam::aws:policy/IAMFullAccess"),
         no=("aws iam attach-role-policy --role-name ci --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess",)),
    Rule(AWS, "iam put-*-policy|create-policy|create-policy-version --policy-document=*Action*\"[*]\"*", "dangerous", "privilege", "gives wide access", id="aws-iam-put-policy-wide",
         yes=("""aws iam put-user-policy --user-name bob --policy-name p --policy-document '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'""",),
         no=("aws iam put-user-policy --user-name bob --policy-name p --policy-document file://p.json",)),
    Rule(AWS, "iam create-access-key|create-login-profile|update-login-profile|create-service-specific-credential|reset-service-specific-credential|upload-ssh-public-key|update-access-key|update-assume-role-policy|change-password|update-account-password-policy",
         "dangerous", "credentials", "makes or changes a way in",
         yes=("aws iam create-access-key --user-name deploy", "aws iam update-access-key --access-key-id AKIA --status Inactive --user-name deploy"), no=("aws iam list-access-keys --user-name deploy",)),
    Rule(AWS, "iam add-user-to-group --group-name=*[Aa]dmin*|*[Rr]oot*|*[Pp]ower*|*[Oo]wner*", "dangerous", "privilege", "makes somebody an administrator", yes=("aws iam add-user-to-group --user-name bob --group-name Admins",), no=("aws iam add-user-to-group --user-name bob --group-name readers",)),
    Rule(AWS, "sso-admin create-account-assignment", "dangerous", "privilege", "gives somebody access to an account", yes=("aws sso-admin create-account-assignment --permission-set-arn p --principal-id x",), no=("aws sso-admin list-permission-sets",)),
    Rule(AWS, "ec2 authorize-security-group-ingress --cidr|--cidr-ip=0.0.0.0/0|::/0", "dangerous", "network", "opens a port to everybody", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 0.0.0.0/0",), no=("aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 10.0.0.0/8",)),
    Rule(AWS, "ec2 authorize-security-group-ingress|modify-security-group-rules --ip-permissions|--security-group-rules=*0.0.0.0/0*|*::/0*", "dangerous", "network", "opens a port to everybody", id="aws-ec2-open-permissions",
         dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]'",), no=("aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions file://p.json",)),
    Rule(AWS, "s3api put-bucket-acl|put-object-acl|create-bucket|put-object --acl=public-*", "dangerous", "privilege", "lets everybody read or write", yes=("aws s3api put-bucket-acl --bucket b --acl public-read",), no=("aws s3api put-bucket-acl --bucket b --acl private",)),
    Rule(AWS, "s3api|s3control put-public-access-block --public-access-block-configuration=*[Ff]alse*", "dangerous", "privilege", "lets buckets be made public", yes=("aws s3api put-public-access-block --bucket b --public-access-block-configuration BlockPublicAcls=false",), no=("aws s3api put-public-access-block --bucket b --public-access-block-configuration BlockPublicAcls=true",)),
    Rule(AWS, "s3api put-bucket-policy --policy=*Principal*\"[*]\"*", "dangerous", "privilege", "lets everybody use a bucket", yes=("""aws s3api put-bucket-policy --bucket b --policy '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}'""",), no=("aws s3api put-bucket-policy --bucket b --policy file://p.json",)),
    Rule(AWS, "lambda|sns|sqs|ecr|events add-permission|set-repository-policy|put-permission --principal=[*]", "dangerous", "privilege", "lets everybody use it", yes=("aws lambda add-permission --function-name f --statement-id s --action lambda:InvokeFunction --principal '*'",), no=("aws lambda add-permission --function-name f --statement-id s --action lambda:InvokeFunction --principal events.amazonaws.com",)),
    Rule(AWS, "ec2|rds modify-snapshot-attribute|modify-image-attribute|modify-db-snapshot-attribute|modify-db-cluster-snapshot-attribute --group-names|--values-to-add|--launch-permission|--user-groups|--create-volume-permission=*all*", "dangerous", "privilege", "makes an image or backup public",
         yes=("aws ec2 modify-snapshot-attribute --snapshot-id snap-1 --attribute createVolumePermission --operation-type add --group-names all",), no=("aws ec2 modify-snapshot-attribute --snapshot-id snap-1 --attribute createVolumePermission --operation-type add --user-ids 123",)),
    Rule(AWS, "eks associate-access-policy --policy-arn=*Admin*", "dangerous", "privilege", "gives away control of the cluster", yes=("aws eks associate-access-policy --cluster-name c --principal-arn p --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy --access-scope type=cluster",), no=("aws eks associate-access-policy --cluster-name c --principal-arn p --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy --access-scope type=cluster",)),
    Rule(AWS, "eks update-cluster-config --resources-vpc-config=*0.0.0.0/0*", "dangerous", "network", "opens the cluster's API to everybody", yes=("aws eks update-cluster-config --name c --resources-vpc-config publicAccessCidrs=0.0.0.0/0",), no=("aws eks update-cluster-config --name c --resources-vpc-config publicAccessCidrs=10.0.0.0/8",)),
    Rule(AWS, "rds modify-db-instance|modify-db-cluster --publicly-accessible|--master-user-password|--rotate-master-user-password", "dangerous", "credentials", "changes who can get at the database", yes=("aws rds modify-db-instance --db-instance-identifier prod --master-user-password s3cret",), no=("aws rds modify-db-instance --db-instance-identifier prod --allocated-storage 200",)),
    Rule(AWS, "rds modify-db-instance|modify-db-cluster --backup-retention-period=0", "dangerous", "data_destruction", "deletes the automatic backups", id="aws-rds-no-backups", yes=("aws rds modify-db-instance --db-instance-identifier prod --backup-retention-period 0",), no=("aws rds modify-db-instance --db-instance-identifier prod --backup-retention-period 7",)),
    Rule(AWS, "secretsmanager rotate-secret|cancel-rotate-secret", "dangerous", "credentials", "rotates credentials", yes=("aws secretsmanager rotate-secret --secret-id prod/db",), no=("aws secretsmanager describe-secret --secret-id prod/db",)),
    # aws: capacity to zero.
    Rule(AWS, "ecs update-service --desired-count=0", "dangerous", "availability", "scales a service to zero", yes=("aws ecs update-service --cluster prod --service api --desired-count 0",), no=("aws ecs update-service --cluster prod --service api --desired-count 10",)),
    Rule(AWS, "autoscaling update-auto-scaling-group|set-desired-capacity|put-scheduled-update-group-action --desired-capacity|--max-size=0", "dangerous", "availability", "scales a group to zero",
         yes=("aws autoscaling set-desired-capacity --auto-scaling-group-name api --desired-capacity 0", "aws autoscaling update-auto-scaling-group --auto-scaling-group-name api --min-size 0 --max-size 0 --desired-capacity 0"),
         no=("aws autoscaling set-desired-capacity --auto-scaling-group-name api --desired-capacity 10", "aws autoscaling update-auto-scaling-group --auto-scaling-group-name api --min-size 0")),
    Rule(AWS, "eks update-nodegroup-config --scaling-config=*desiredSize=0*|*maxSize=0*", "dangerous", "availability", "scales a group of nodes to zero", yes=("aws eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config minSize=0,maxSize=1,desiredSize=0",), no=("aws eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config minSize=1,maxSize=5,desiredSize=3",)),
    Rule(AWS, "lambda put-function-concurrency --reserved-concurrent-executions=0", "dangerous", "availability", "lets the function run no more", yes=("aws lambda put-function-concurrency --function-name f --reserved-concurrent-executions 0",), no=("aws lambda put-function-concurrency --function-name f --reserved-concurrent-executions 50",)),
    Rule(AWS, "lambda|firehose|pipes|events|scheduler|route53|guardduty update-*|put-rule --no-enabled|--no-enable|--disabled", "dangerous", "availability", "switches it off", yes=("aws lambda update-event-source-mapping --uuid u --no-enabled",), no=("aws lambda update-event-source-mapping --uuid u --enabled",)),
    Rule(AWS, "events|scheduler put-rule|update-schedule --state=DISABLED", "dangerous", "availability", "switches a schedule off", yes=("aws events put-rule --name nightly --state DISABLED",), no=("aws events put-rule --name nightly --state ENABLED",)),
    Rule(AWS, "ecs update-container-instances-state --status=DRAINING", "dangerous", "availability", "moves everything off a machine", yes=("aws ecs update-container-instances-state --cluster c --container-instances i --status DRAINING",), no=("aws ecs update-container-instances-state --cluster c --container-instances i --status ACTIVE",)),
    # aws: data that goes slowly.
    Rule(AWS, "s3api put-bucket-versioning --versioning-configuration=*Suspended*", "dangerous", "data_destruction", "keeps no old versions any more", yes=("aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Suspended",), no=("aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled",)),
    Rule(AWS, "s3api put-bucket-lifecycle-configuration|put-bucket-lifecycle --lifecycle-configuration=*Expiration*", "dangerous", "data_destruction", "lets objects expire", yes=("""aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{"Rules":[{"Status":"Enabled","Expiration":{"Days":1}}]}'""",), no=("aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration file://l.json",)),
    Rule(AWS, "logs put-retention-policy --retention-in-days=1|3|5", "dangerous", "data_destruction", "throws all but the last days of a log away", yes=("aws logs put-retention-policy --log-group-name /app --retention-in-days 1",), no=("aws logs put-retention-policy --log-group-name /app --retention-in-days 30",)),
    Rule(AWS, "kinesis decrease-stream-retention-period", "dangerous", "data_destruction", "throws older records away", yes=("aws kinesis decrease-stream-retention-period --stream-name s --retention-period-hours 24",), no=("aws kinesis increase-stream-retention-period --stream-name s --retention-period-hours 48",)),
    Rule(AWS, "dynamodb update-continuous-backups --point-in-time-recovery-specification=*[Ff]alse*", "dangerous", "data_destruction", "throws the way back to earlier states away", yes=("aws dynamodb update-continuous-backups --table-name t --point-in-time-recovery-specification PointInTimeRecoveryEnabled=false",), no=("aws dynamodb update-continuous-backups --table-name t --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",)),
    # aws: elsewhere and at once.
    Rule(AWS, "ssm send-command --parameters=*commands*", "caution", "opaque", "runs commands on machines", id="aws-ssm-send-commands", yes=("""aws ssm send-command --document-name AWS-RunShellScript --instance-ids i-1 --parameters 'commands=["uptime"]'""",), no=("aws ssm send-command --document-name Fix --targets Key=tag:role,Values=web",)),
    Rule(AWS, "ssm send-command", "dangerous", "availability", "runs a document on machines, which is not read here", yes=("aws ssm send-command --document-name Fix --targets Key=tag:role,Values=web",), no=("aws ssm list-commands",)),
    Rule(AWS, "ssm start-automation-execution --document-name=*Stop*|*Terminate*|*Delete*|*Reboot*|*Restart*", "dangerous", "availability", "stops or deletes by a document", yes=("aws ssm start-automation-execution --document-name AWS-StopEC2Instance --parameters InstanceId=i-1",), no=("aws ssm start-automation-execution --document-name AWS-CreateSnapshot",)),
    Rule(AWS, "route53 change-resource-record-sets", "dangerous", "network", "changes where names lead",
         yes=("aws route53 change-resource-record-sets --hosted-zone-id Z1 --change-batch file://c.json",), no=("aws route53 list-resource-record-sets --hosted-zone-id Z1",)),
    Rule(AWS, "route53domains update-domain-nameservers|transfer-domain*|retire*|push-domain", "dangerous", "network", "gives a domain away or points it elsewhere", yes=("aws route53domains update-domain-nameservers --domain-name example.com --nameservers Name=ns1",), no=("aws route53domains list-domains",)),
    Rule(AWS, "arc-zonal-shift|route53-recovery-cluster start-zonal-shift|update-routing-control-state*", "dangerous", "availability", "moves traffic away from a zone or region", yes=("aws arc-zonal-shift start-zonal-shift --resource-identifier r --away-from use1-az1 --expires-in 1h --comment x",), no=("aws arc-zonal-shift list-zonal-shifts",)),
    Rule(AWS, "organizations|account leave-organization|remove-account-from-organization|close-account|move-account", "dangerous", "cluster_scope", "moves or closes an account", yes=("aws organizations close-account --account-id 123",), no=("aws organizations list-accounts",)),
    # aws: changes that sound worse than they are.
    Rule(AWS, "* delete-tags|remove-tags*|untag-*|delete-message|delete-message-batch|delete-item|delete-change-set|delete-function-concurrency|stop-query|stop-query-execution|stop-task|stop-execution|stop-build|stop-deployment|stop-pipeline-execution|"
         "stop-automation-execution|stop-backup-job|stop-job-run|stop-crawler|cancel-*|disable-alarm-actions|abort-multipart-upload|remove-tag*|terminate-session|terminate-job|disable-stage-transition|delete-session|stop-stack-set-operation|reset-db*parameter-group|"
         "batch-stop-job-run|cancel-instance-refresh|suspend-processes|reset-instance-attribute|reset-alarm*", "caution", "config_change", "takes one small thing away", id="aws-small",
         yes=("aws ec2 delete-tags --resources i-1 --tags Key=a", "aws ecs stop-task --cluster prod --task t", "aws dynamodb delete-item --table-name t --key file://k", "aws cloudwatch disable-alarm-actions --alarm-names a", "aws autoscaling suspend-processes --auto-scaling-group-name g"),
         no=("aws ec2 delete-volume --volume-id v", "aws ec2 stop-instances --instance-ids i")),
    # aws: destroying, in whichever service.
    Rule(AWS, "ec2 terminate-instances|stop-instances|reboot-instances", "dangerous", "availability", "stops, reboots or deletes machines", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 terminate-instances --instance-ids i-0abc123", "aws --profile prod --region eu-west-1 ec2 stop-instances --instance-ids i-0abc123 --force", "aws ec2 reboot-instances --instance-ids i-0abc123"),
         no=("aws ec2 describe-instances", "aws ec2 start-instances --instance-ids i-1")),
    Rule(AWS, "ec2 revoke-*|release-*|detach-*|disassociate-*|withdraw-*|unassign-*", "dangerous", "network", "takes a way to machines, or a part of them, away", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 revoke-security-group-ingress --group-id sg-1 --protocol tcp --port 443 --cidr 0.0.0.0/0", "aws ec2 release-address --allocation-id e-1", "aws ec2 detach-volume --volume-id vol-1"), no=("aws ec2 attach-volume --volume-id vol-1 --instance-id i --device /dev/sdf",)),
    Rule(AWS, "ec2 create-network-acl-entry|replace-network-acl-entry --rule-action=deny", "dangerous", "network", "shuts traffic out", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed", yes=("aws ec2 create-network-acl-entry --network-acl-id a --rule-number 1 --protocol -1 --rule-action deny --egress --cidr-block 0.0.0.0/0",), no=("aws ec2 create-network-acl-entry --network-acl-id a --rule-number 1 --protocol -1 --rule-action allow --egress --cidr-block 10.0.0.0/8",)),
    Rule(AWS, "ec2 delete-*|deregister-*|purge-*|disable-*|create-replace-root-volume-task|cancel-spot-fleet-requests", "dangerous", "data_destruction", "deletes a part of the infrastructure", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 delete-volume --volume-id vol-1", "aws ec2 delete-snapshot --snapshot-id snap-0123", "aws ec2 deregister-image --image-id ami-1", "aws ec2 describe-volumes --query 'Volumes[].VolumeId' --output text | xargs -n1 aws ec2 delete-volume --volume-id"),
         no=("aws ec2 delete-tags --resources i-1 --tags Key=a", "aws ec2 describe-volumes")),
    Rule(AWS, "iam|sts|cognito-idp|identitystore|sso-admin|kms|secretsmanager|acm|acm-pca delete-*|remove-*|detach-*|deactivate-*|disable-*|revoke-*|schedule-*|admin-delete-*|admin-disable-*|admin-reset-*|admin-user-global-sign-out|batch-delete-*|disassociate-*|retire-*|global-sign-out",
         "dangerous", "credentials", "takes access, keys or secrets away",
         yes=("aws iam delete-access-key --access-key-id AKIAEXAMPLE --user-name deploy", "aws kms schedule-key-deletion --key-id k --pending-window-in-days 7", "aws kms disable-key --key-id k", "aws secretsmanager delete-secret --secret-id prod/db --force-delete-without-recovery",
              "aws iam detach-role-policy --role-name ci --policy-arn a", "aws iam remove-user-from-group --user-name bob --group-name ops", "aws iam deactivate-mfa-device --user-name bob --serial-number s"),
         no=("aws iam get-user --user-name bob", "aws kms cancel-key-deletion --key-id k")),
    Rule(AWS, "* terminate-*|stop-*|reboot-*|failover-*|switchover-*|test-failover*|pause-*|deregister-*|disable-*|detach-*|disassociate-*|enter-standby|promote-read-replica*|suspend-*|rebuild-environment|decrease-replica-count|deactivate-*|release-*|unsubscribe|reset-*|evict-*|leave-*",
         "dangerous", "availability", "stops something or takes it out of service",
         yes=("aws rds stop-db-instance --db-instance-identifier prod", "aws rds failover-db-cluster --db-cluster-identifier c", "aws elbv2 deregister-targets --target-group-arn a --targets Id=i-1", "aws cloudtrail stop-logging --name t", "aws elasticache test-failover --replication-group-id r --node-group-id 1",
              "aws autoscaling terminate-instance-in-auto-scaling-group --instance-id i --should-decrement-desired-capacity", "aws wafv2 disassociate-web-acl --resource-arn a", "aws rds reboot-db-instance --db-instance-identifier prod --force-failover", "aws events disable-rule --name nightly"),
         no=("aws autoscaling suspend-processes --auto-scaling-group-name g", "aws rds start-db-instance --db-instance-identifier prod")),
    Rule(AWS, "* delete-*|purge-*|remove-*|batch-delete-*|backtrack-*|wipe-*|destroy-*|erase-*|drop-*|expire-*|flush-*|revoke-*|admin-delete-*", "dangerous", "data_destruction", "deletes something nothing makes again",
         yes=("aws rds delete-db-instance --db-instance-identifier prod --skip-final-snapshot", "aws dynamodb delete-table --table-name sessions", "aws sqs purge-queue --queue-url https://sqs.eu-west-1.amazonaws.com/123/orders", "aws route53 delete-hosted-zone --id Z1",
              "aws cloudformation delete-stack --stack-name prod", "aws ecr batch-delete-image --repository-name r --image-ids imageTag=1", "aws s3api delete-object --bucket b --key k", "aws lambda delete-function --function-name ingest", "aws eks delete-cluster --name prod", "aws lambda remove-permission --function-name f --statement-id s"),
         no=("aws sqs delete-message --queue-url q --receipt-handle h", "aws dynamodb describe-table --table-name sessions", "aws ec2 delete-volume --volume-id v")),
    # aws: reading.
    Rule(AWS, "sqs receive-message", "caution", "config_change", "takes messages and hides them for a while", yes=("aws sqs receive-message --queue-url q",), no=("aws sqs get-queue-attributes --queue-url q",)),
    Rule(AWS, "* describe-*|list-*|get-*|lookup-*|search*|batch-get-*|batch-describe-*|head-*|filter-*|scan|query|tail|wait|simulate-*|validate-*|preview-*|estimate-*|detect-*|check-*|verify*|select-*|discover-*|view-*|show*|test-dns-answer|test-event-pattern|test-metric-filter|test-connection|test-identity*|test-availability|test-role|download-*|"
         "start-query|start-live-tail|generate-*|transact-get-items|decode-*|admin-get-*|admin-list-*|is-*|sample-*|compare-*|retrieve-*|count-*|resolve-*|forecast-*|evaluate-*|read-*|fetch-*|analyze-*|lookup|ls|history|package|ping",
         "safe", "read_only", "only reads", id="aws-read",
         yes=("aws ec2 describe-instances --filters Name=tag:role,Values=web", "aws sts get-caller-identity", "aws logs tail /app --follow", "aws dynamodb query --table-name t --key-condition-expression k", "aws --profile prod --region eu-west-1 rds wait db-instance-available",
              "aws iam simulate-principal-policy --policy-source-arn a --action-names s3:GetObject", "aws s3api head-object --bucket b --key k", "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=TerminateInstances"),
         no=("aws ec2 run-instances --image-id a", "aws elasticache test-failover --replication-group-id r --node-group-id 1", "aws apigateway test-invoke-method --rest-api-id a")),
    Rule(AWS, "configure list|get|list-profiles|export-credentials-list", "safe", "read_only", "only reads the client's configuration", yes=("aws configure list",), no=("aws configure set region eu-west-1",)),
    # aws: the rest.
    Rule(AWS, "ssm start-session|resume-session", "caution", "privilege", "opens a shell on a machine", yes=("aws ssm start-session --target i-0abc123",), no=("aws ssm terminate-session --session-id s",)),
    Rule(AWS, "ecs execute-command", "caution", "privilege", "opens a shell in a container", yes=("aws ecs execute-command --cluster prod --task t --interactive",), no=("aws ecs list-tasks",)),
    Rule(AWS, "eks update-kubeconfig", "caution", "local_scratch", "changes which cluster later commands go to", yes=("aws eks update-kubeconfig --name prod",), no=("aws eks list-clusters",)),
    Rule(AWS, "configure|sso|login|logout", "caution", "config_change", "changes the client's own settings", yes=("aws configure set region eu-west-1", "aws sso login --profile prod"), no=("aws sts get-caller-identity",)),
    Rule(AWS, "ec2 *", "caution", "config_change", "changes something of the machines or networks", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 run-instances --image-id ami-1 --instance-type t3.small", "aws ec2 start-instances --instance-ids i-1", "aws ec2 create-snapshot --volume-id v", "aws ec2 modify-instance-attribute --instance-id i --instance-type m5.large"), no=("aws ec2 describe-instances",)),
    Rule(AWS, "*", "caution", "config_change", "changes something of the account", id="aws-other",
         yes=("aws ecs update-service --cluster prod --service api --force-new-deployment", "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'", "aws sns publish --topic-arn t --message hi", "aws $SERVICE $ACTION", "aws cloudformation deploy --stack-name s --template-file t.yml", "aws apigateway test-invoke-method --rest-api-id a"),
         no=("aws ecs list-services --cluster prod",)),
)
# fmt: on
